import type { Plan } from '@millrace/pipeline';
import { encodeStageRecord, type ClockRecord, type OutboundRecord, type TopicPartition } from '@millrace/records';

/** Writes a clock to every partition of every internal topic that ingest writes. */
export class ClockOutputs {
  readonly #stages: readonly TopicPartition[];
  readonly #outcomes: readonly TopicPartition[];

  constructor({ stages, names, topics }: Plan) {
    const all = (topic: string): readonly TopicPartition[] =>
      Array.from({ length: topics.partitions }, (_, partition) => ({ topic, partition }));
    this.#stages = stages.flatMap(({ topic }) => all(topic));
    this.#outcomes = all(names.joinOutcomes);
  }

  of(clock: ClockRecord): readonly OutboundRecord[] {
    return this.#written(clock, [...this.#stages, ...this.#outcomes]);
  }

  /** Where outcomes go to another feature set: by a clock of this one's, what waits for them would be given up. */
  toStages(clock: ClockRecord): readonly OutboundRecord[] {
    return this.#written(clock, this.#stages);
  }

  /** A clock is written alike in stage topics and outcomes. */
  #written(clock: ClockRecord, places: readonly TopicPartition[]): readonly OutboundRecord[] {
    const value = encodeStageRecord(clock);
    return places.map(({ topic, partition }) => ({ topic, partition, key: null, value }));
  }
}
