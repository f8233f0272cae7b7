import { isAppError } from '@millrace/core';

import type { BatchExecutor } from './batch-executor.ts';
import type { RowOutcome } from './row-outcome.ts';
import { runIsolating } from './run-isolating.ts';

/** One batch runs and one lies ready, so that no executor waits for the thread that feeds it. */
const BATCHES = 2;
/** Where batches are shorter than the way back and forth, two are not enough. */
const MOST_BATCHES = 4;
/** So much work lies ready, as far as that many batches have it: what comes later, and first, waits no longer for it. */
const READY_MS = 0.5;
/** How long an executor rests that fails for a passing reason; twice as long each time, until it answers. */
const LEAST_REST_MS = 1000;
const MOST_REST_MS = 30_000;

/**
 * An executor and what it has been handed. One that fails for a passing reason (class `retry`) rests: what it is handed
 * meanwhile fails for the same reason, at once.
 */
export class ExecutorLane<Row, Result> {
  readonly #executor: BatchExecutor<Row, Result>;
  #batches = 0;
  #freeSinceMs = 0;
  #rest: { readonly untilMs: number; readonly ms: number; readonly why: unknown } | null = null;

  constructor(executor: BatchExecutor<Row, Result>) {
    this.#executor = executor;
  }

  get batches(): number {
    return this.#batches;
  }

  /** Whether it takes another batch, where a full one takes it so long; 0: nobody knows. */
  hasRoom(fullBatchMs: number): boolean {
    const ahead = fullBatchMs > 0 ? Math.ceil(READY_MS / fullBatchMs) : 0;
    return this.#batches < Math.min(MOST_BATCHES, Math.max(BATCHES, 1 + ahead));
  }

  /** Of two, the next batch is for the one with less. */
  load(nowMs: number): number {
    return this.#rests(nowMs) ? Infinity : this.#batches;
  }

  /** The outcomes, and how long the executor worked on them (not counting the batch before). */
  async run(
    rows: readonly Row[],
    elapsed: () => number,
  ): Promise<{ outcomes: readonly RowOutcome<Result>[]; tookMs: number }> {
    const handedMs = elapsed();
    if (this.#rests(handedMs)) throw this.#rest?.why;
    this.#batches++;
    try {
      const outcomes = await runIsolating(this.#executor, rows);
      this.#rest = null;
      return { outcomes, tookMs: elapsed() - Math.max(handedMs, this.#freeSinceMs) };
    } catch (error) {
      if (isAppError(error) && error.class === 'retry' && !this.#rests(elapsed())) this.#goToRest(elapsed(), error);
      throw error;
    } finally {
      this.#batches--;
      this.#freeSinceMs = elapsed();
    }
  }

  #rests(nowMs: number): boolean {
    return this.#rest !== null && nowMs < this.#rest.untilMs;
  }

  #goToRest(nowMs: number, why: unknown): void {
    const ms = this.#rest === null ? LEAST_REST_MS : Math.min(2 * this.#rest.ms, MOST_REST_MS);
    this.#rest = { untilMs: nowMs + ms, ms, why };
  }
}
