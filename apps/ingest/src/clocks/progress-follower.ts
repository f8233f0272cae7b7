import { isAppError, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { partitionKey } from '@millrace/records';
import type { Log, LogAdmin, RecordSource } from '@millrace/stream';

import { readProgress } from './progress-note.ts';
import type { SharedProgress } from './shared-progress.ts';

const LIMITS = { maxWaitMs: 5000, maxBytes: 4 << 20, maxBytesPerPartition: 4 << 20 };
const AGAIN_MS = 1000;
const COUNT_EVERY_MS = 10_000;

export interface ProgressFollowerOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly progress: SharedProgress;
  /** Something has become known. */
  readonly onNews: () => void;
}

/** Reads `<p>.control` from its beginning and on, for what the other instances of ingest note there. */
export class ProgressFollower {
  readonly #options: ProgressFollowerOptions;
  readonly #source: RecordSource;
  readonly #admin: LogAdmin;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #offset: number | null = null;
  #countedAtMs: number | null = null;

  constructor(options: ProgressFollowerOptions) {
    this.#options = options;
    this.#source = options.log.source();
    this.#admin = options.log.admin();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([this.#source.close(), this.#admin.close(), this.#running]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        // a log that does not answer is what the stage itself reports; what was known stays
        if (isAppError(error, 'OFFSET_OUT_OF_RANGE')) this.#offset = null;
        await this.#options.clock.sleep(AGAIN_MS, signal);
      }
    }
  }

  async #step(): Promise<void> {
    const { plan, clock, progress, onNews } = this.#options;
    const at = { topic: plan.names.control, partition: 0 };
    this.#offset ??= (await this.#source.bounds([at])).get(partitionKey(at))?.first ?? 0;
    await this.#countInputs();
    for (const { records, next } of await this.#source.fetch([{ ...at, offset: this.#offset }], LIMITS)) {
      for (const { key, value } of records) {
        const read = readProgress(plan, key, value);
        if (read) progress.apply(read.partition, read.note, clock.elapsed());
      }
      this.#offset = next;
      if (records.length > 0) onNews();
    }
  }

  async #countInputs(): Promise<void> {
    const { plan, clock, progress } = this.#options;
    if (this.#countedAtMs !== null && clock.elapsed() - this.#countedAtMs < COUNT_EVERY_MS) return;
    this.#countedAtMs = clock.elapsed();
    const { events } = plan.names;
    progress.inputPartitions = (await this.#admin.describe([events])).get(events)?.partitions ?? Infinity;
  }
}
