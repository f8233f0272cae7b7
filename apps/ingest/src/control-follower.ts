import { isAppError, messageOf, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { partitionKey } from '@millrace/records';
import type { Log, LogAdmin, RecordSource } from '@millrace/stream';

import { readProgress } from './clocks/progress-note.ts';
import type { SharedProgress } from './clocks/shared-progress.ts';
import type { SetNotes } from './handover/set-notes.ts';

const LIMITS = { maxWaitMs: 5000, maxBytes: 4 << 20, maxBytesPerPartition: 4 << 20 };
const AGAIN_MS = 1000;
const COUNT_EVERY_MS = 10_000;

export interface ControlFollowerOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly notes: SetNotes;
  readonly progress: SharedProgress;
  /** Something has become known. */
  readonly onNews: () => void;
  /** It goes on after it. */
  readonly onFailed: (message: string) => void;
}

/** Reads `<p>.control` from its beginning and on, for what other instances and other feature sets note there. */
export class ControlFollower {
  readonly #options: ControlFollowerOptions;
  readonly #source: RecordSource;
  readonly #admin: LogAdmin;
  readonly #stop = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  #running: Promise<void> | null = null;
  #offset: number | null = null;
  #countedAtMs: number | null = null;

  constructor(options: ControlFollowerOptions) {
    this.#options = options;
    this.#source = options.log.source();
    this.#admin = options.log.admin();
  }

  /** Resolves when all that was there as it began is known, or when it is closed. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#caughtUp.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#caughtUp.resolve();
    await Promise.allSettled([this.#source.close(), this.#admin.close(), this.#running]);
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
    await this.#countInputs();
    const { plan, onNews } = this.#options;
    const at = { topic: plan.names.control, partition: 0 };
    const bounds = this.#offset === null ? (await this.#source.bounds([at])).get(partitionKey(at)) : undefined;
    this.#offset ??= bounds?.first ?? 0;
    if (bounds && bounds.lastStable <= this.#offset) this.#caughtUp.resolve();
    for (const { records, next, lastStable } of await this.#source.fetch([{ ...at, offset: this.#offset }], LIMITS)) {
      for (const { key, value } of records) if (key) this.#apply(key.toString('utf8'), value);
      this.#offset = next;
      if (next >= lastStable) this.#caughtUp.resolve();
      if (records.length > 0) onNews();
    }
  }

  #apply(key: string, value: Buffer | null): void {
    const { plan, clock, notes, progress } = this.#options;
    notes.apply(key, value);
    const read = readProgress(plan, key, value);
    if (read) progress.apply(read.partition, read.note, clock.elapsed());
  }

  async #countInputs(): Promise<void> {
    const { plan, clock, notes, progress } = this.#options;
    if (this.#countedAtMs !== null && clock.elapsed() - this.#countedAtMs < COUNT_EVERY_MS) return;
    const { events } = plan.names;
    const count = (await this.#admin.describe([events])).get(events)?.partitions ?? Infinity;
    notes.inputPartitions = count;
    progress.inputPartitions = count;
    this.#countedAtMs = clock.elapsed();
  }
}
