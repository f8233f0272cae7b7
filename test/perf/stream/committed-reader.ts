import { partitionKey, type InboundRecord } from '@millrace/records';
import type { RecordSource } from '@millrace/stream';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

/** Reads a topic from its start as a `read_committed` reader does. */
export class CommittedReader {
  readonly #source: RecordSource;
  readonly #positions: { readonly topic: string; readonly partition: number; offset: number }[];

  constructor(source: RecordSource, topic: string, partitions: number) {
    this.#source = source;
    this.#positions = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 }));
  }

  /** How far such a reader could read now: offsets of all partitions, markers of transactions included. */
  async visible(): Promise<number> {
    const bounds = await this.#source.bounds(this.#positions);
    return this.#positions.reduce((sum, at) => sum + (bounds.get(partitionKey(at))?.lastStable ?? 0), 0);
  }

  /** Leaves out all that is visible now. */
  async toEnd(): Promise<void> {
    const bounds = await this.#source.bounds(this.#positions);
    for (const at of this.#positions) at.offset = bounds.get(partitionKey(at))?.lastStable ?? 0;
  }

  /** What has come since, or comes within 200 ms. */
  async read(): Promise<readonly InboundRecord[]> {
    const chunks = await this.#source.fetch(this.#positions, LIMITS);
    for (const { partition, next } of chunks) {
      const position = this.#positions[partition];
      if (position) position.offset = next;
    }
    return chunks.flatMap(({ records }) => records);
  }

  /** Offsets read so far. */
  get position(): number {
    return this.#positions.reduce((sum, { offset }) => sum + offset, 0);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
