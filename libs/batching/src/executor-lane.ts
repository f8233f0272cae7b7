import type { BatchExecutor } from './batch-executor.ts';
import type { RowOutcome } from './row-outcome.ts';
import { runIsolating } from './run-isolating.ts';

/** One batch runs and one lies ready, so that no executor waits for the thread that feeds it. */
const BATCHES_AHEAD = 2;

/** An executor and what it has been handed. */
export class ExecutorLane<Row, Result> {
  readonly #executor: BatchExecutor<Row, Result>;
  #batches = 0;
  #freeSinceMs = 0;

  constructor(executor: BatchExecutor<Row, Result>) {
    this.#executor = executor;
  }

  get batches(): number {
    return this.#batches;
  }

  get hasRoom(): boolean {
    return this.#batches < BATCHES_AHEAD;
  }

  /** The outcomes, and how long the executor worked on them (not counting the batch before). */
  async run(
    rows: readonly Row[],
    elapsed: () => number,
  ): Promise<{ outcomes: readonly RowOutcome<Result>[]; tookMs: number }> {
    const handedMs = elapsed();
    this.#batches++;
    try {
      const outcomes = await runIsolating(this.#executor, rows);
      return { outcomes, tookMs: elapsed() - Math.max(handedMs, this.#freeSinceMs) };
    } finally {
      this.#batches--;
      this.#freeSinceMs = elapsed();
    }
  }
}
