import type { BatchExecutor } from './batch-executor.ts';
import type { RowOutcome } from './row-outcome.ts';
import { runIsolating } from './run-isolating.ts';

/** One batch runs and one lies ready, so that no executor waits for the thread that feeds it. */
const BATCHES = 2;
/** Where batches are shorter than the way back and forth, two are not enough. */
const MOST_BATCHES = 4;
/** So much work lies ready, as far as that many batches have it: what comes later, and first, waits no longer for it. */
const READY_MS = 0.5;

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

  /** Whether it takes another batch, where a full one takes it so long; 0: nobody knows. */
  hasRoom(fullBatchMs: number): boolean {
    const ahead = fullBatchMs > 0 ? Math.ceil(READY_MS / fullBatchMs) : 0;
    return this.#batches < Math.min(MOST_BATCHES, Math.max(BATCHES, 1 + ahead));
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
