import type { Plan } from '@millrace/pipeline';
import { encodeStageRecord, type ClockRecord, type OutboundRecord } from '@millrace/records';

/** Addresses a clock to every partition of every internal topic that ingest writes. */
export class ClockWriter {
  readonly #topics: readonly string[];
  readonly #partitions: number;

  constructor(plan: Plan) {
    this.#topics = [...plan.stages.map((stage) => stage.topic), plan.names.joinOutcomes];
    this.#partitions = plan.topics.partitions;
  }

  write(clock: ClockRecord): readonly OutboundRecord[] {
    const value = encodeStageRecord(clock);
    return this.#topics.flatMap((topic) =>
      Array.from({ length: this.#partitions }, (_, partition) => ({ topic, partition, key: null, value })),
    );
  }
}
