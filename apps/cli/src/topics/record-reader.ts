import { isAppError } from '@millrace/core';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { FetchedChunk, RecordSource } from '@millrace/stream';

const LIMITS = { maxWaitMs: 1000, maxBytes: 2 << 20, maxBytesPerPartition: 2 << 20 };

/** Where a record is. */
export type RecordPlace = TopicPartition & { readonly offset: number };

/** Reads committed records one by one; what a fetch brings along serves those that follow. */
export class RecordReader {
  readonly #source: RecordSource;
  /** The latest chunk, and from which offset it was asked. */
  #chunk: (FetchedChunk & { readonly from: number }) | null = null;

  constructor(source: RecordSource) {
    this.#source = source;
  }

  /** Null where there is none, or none any more. */
  async read(at: RecordPlace): Promise<InboundRecord | null> {
    try {
      if (!this.#covers(at) && !(await this.#fetch(at))) return null;
      return this.#chunk?.records.find(({ offset }) => offset === at.offset) ?? null;
    } catch (error) {
      if (isAppError(error, 'OFFSET_OUT_OF_RANGE') || isAppError(error, 'TOPIC_MISSING')) return null;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #covers({ topic, partition, offset }: RecordPlace): boolean {
    const chunk = this.#chunk;
    return chunk?.topic === topic && chunk.partition === partition && chunk.from <= offset && offset < chunk.next;
  }

  /** False where the log has nothing there. A fetch may come back with nothing while a partition changes its leader. */
  async #fetch(at: RecordPlace): Promise<boolean> {
    const { first, lastStable } = (await this.#source.bounds([at])).get(partitionKey(at)) ?? {
      first: 0,
      lastStable: 0,
    };
    if (at.offset < first || at.offset >= lastStable) return false;
    for (let from = at.offset; !this.#covers(at); from = this.#chunk?.next ?? from) {
      const [chunk] = await this.#source.fetch([{ ...at, offset: from }], LIMITS);
      if (chunk) this.#chunk = { ...chunk, from };
    }
    return true;
  }
}
