import { isAppError, messageOf, type Clock } from '@millrace/core';
import { partitionKey, type InboundRecord } from '@millrace/records';

import type { Log } from './ports/log.ts';
import type { RecordSource } from './ports/record-source.ts';

const LIMITS = { maxWaitMs: 5000, maxBytes: 4 << 20, maxBytesPerPartition: 4 << 20 };
const AGAIN_MS = 1000;

export interface TopicFollowerOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** It has one partition. */
  readonly topic: string;
  /** Each one, in order; from the beginning again where the log has lost the place. */
  readonly onRecord: (record: InboundRecord) => void;
  /** Something has become known. */
  readonly onNews: () => void;
  /** It goes on after it. */
  readonly onFailed: (message: string) => void;
  /** Before each look at the topic. What it throws is as if the topic could not be read. */
  readonly before?: () => Promise<void>;
}

/** Reads a small topic from its beginning and on. */
export class TopicFollower {
  readonly #options: TopicFollowerOptions;
  readonly #source: RecordSource;
  readonly #stop = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  #offset: number | null = null;

  constructor(options: TopicFollowerOptions) {
    this.#options = options;
    this.#source = options.log.source();
  }

  /** Once. Resolves when all that was there as it began is known, or when it is closed. */
  start(): Promise<void> {
    void this.#run();
    return this.#caughtUp.promise;
  }

  /** Nothing is told any more; a look at the log that is under way may end later. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#caughtUp.resolve();
    await this.#source.close().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { clock, onFailed } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (signal.aborted) return;
        onFailed(messageOf(error)); // what was known stays
        if (isAppError(error, 'OFFSET_OUT_OF_RANGE')) this.#offset = null;
        await clock.sleep(AGAIN_MS, signal);
      }
    }
  }

  async #step(): Promise<void> {
    const { topic, before, onRecord, onNews } = this.#options;
    await before?.();
    const at = { topic, partition: 0 };
    const bounds = this.#offset === null ? (await this.#source.bounds([at])).get(partitionKey(at)) : undefined;
    this.#offset ??= bounds?.first ?? 0;
    if (bounds && bounds.lastStable <= this.#offset) this.#caughtUp.resolve();
    const chunks = await this.#source.fetch([{ ...at, offset: this.#offset }], LIMITS);
    if (this.#stop.signal.aborted) return;
    for (const { records, next, lastStable } of chunks) {
      for (const record of records) onRecord(record);
      this.#offset = next;
      if (next >= lastStable) this.#caughtUp.resolve();
      if (records.length > 0) onNews();
    }
  }
}
