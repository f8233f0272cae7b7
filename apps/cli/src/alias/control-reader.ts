import { partitionKey, type InboundRecord } from '@millrace/records';
import type { RecordSource } from '@millrace/stream';

const LIMITS = { maxWaitMs: 500, maxBytes: 4 << 20, maxBytesPerPartition: 4 << 20 };

/** Reads `<p>.control` from its beginning and on, at the pace of whoever asks. */
export class ControlReader {
  readonly #topic: string;
  readonly #source: RecordSource;
  #offset: number | null = null;

  constructor(topic: string, source: RecordSource) {
    this.#topic = topic;
    this.#source = source;
  }

  /** What has come; waits a moment for it. */
  async more(): Promise<readonly InboundRecord[]> {
    const at = { topic: this.#topic, partition: 0 };
    this.#offset ??= (await this.#source.bounds([at])).get(partitionKey(at))?.first ?? 0;
    const [chunk] = await this.#source.fetch([{ ...at, offset: this.#offset }], LIMITS);
    this.#offset = chunk?.next ?? this.#offset;
    return chunk?.records ?? [];
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
