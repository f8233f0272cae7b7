import type { InboundRecord } from '@millrace/records';
import type { FetchPosition, Log, RecordSource } from '@millrace/stream';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

/** Reads whole topics from their beginning, committed records only, without a group. */
export class TopicReader {
  readonly #source: RecordSource;
  #positions: readonly FetchPosition[];

  constructor(log: Log, topics: ReadonlyMap<string, number>) {
    this.#source = log.source();
    this.#positions = [...topics].flatMap(([topic, partitions]) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
    );
  }

  /** What has come since the last call; waits a moment when nothing has. */
  async read(): Promise<readonly InboundRecord[]> {
    const chunks = await this.#source.fetch(this.#positions, LIMITS);
    const next = new Map(chunks.map((chunk) => [`${chunk.topic}/${chunk.partition}`, chunk.next]));
    this.#positions = this.#positions.map((at) => ({
      ...at,
      offset: next.get(`${at.topic}/${at.partition}`) ?? at.offset,
    }));
    return chunks.flatMap((chunk) => chunk.records);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
