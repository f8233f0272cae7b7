import type { Plan } from '@millrace/pipeline';
import { encodeStageRecord, type ClockRecord, type OutboundRecord, type TopicPartition } from '@millrace/records';

/** Writes a clock to every partition of every internal topic that ingest writes. */
export class ClockOutputs {
  readonly #places: readonly TopicPartition[];

  constructor({ stages, names, topics }: Plan) {
    const all = [...stages.map(({ topic }) => topic), names.joinOutcomes];
    this.#places = all.flatMap((topic) =>
      Array.from({ length: topics.partitions }, (_, partition) => ({ topic, partition })),
    );
  }

  of(clock: ClockRecord): readonly OutboundRecord[] {
    // a clock is written alike in stage topics and outcomes
    const value = encodeStageRecord(clock);
    return this.#places.map(({ topic, partition }) => ({ topic, partition, key: null, value }));
  }
}
