/** What an observation still weighs after the next one: about the last fifty count. */
const MEMORY = 0.98;

/**
 * How long a batch of n rows takes, learnt on line as *a·n + b* milliseconds: least squares with exponential forgetting.
 *
 * ```
 * 10 rows took 3 ms, 100 rows took 12 ms → a = 0.1, b = 2; 50 rows will take 7 ms
 * ```
 */
export class LatencyEstimate {
  #weight = 0;
  #rows = 0;
  #rowsSquared = 0;
  #ms = 0;
  #rowsTimesMs = 0;

  observe(rows: number, tookMs: number): void {
    this.#weight = this.#weight * MEMORY + 1;
    this.#rows = this.#rows * MEMORY + rows;
    this.#rowsSquared = this.#rowsSquared * MEMORY + rows * rows;
    this.#ms = this.#ms * MEMORY + tookMs;
    this.#rowsTimesMs = this.#rowsTimesMs * MEMORY + rows * tookMs;
  }

  /** 0 as long as nothing has been seen. */
  predictMs(rows: number): number {
    if (this.#weight === 0) return 0;
    const slope = this.#slope();
    const intercept = (this.#ms - slope * this.#rows) / this.#weight;
    return Math.max(0, slope * rows + intercept);
  }

  /** Milliseconds per row; 0 where batches of one size alone have been seen, or larger ones were not slower. */
  #slope(): number {
    const spread = this.#weight * this.#rowsSquared - this.#rows * this.#rows;
    if (spread <= 1e-9 * this.#weight * this.#rowsSquared) return 0;
    return Math.max(0, (this.#weight * this.#rowsTimesMs - this.#rows * this.#ms) / spread);
  }
}
