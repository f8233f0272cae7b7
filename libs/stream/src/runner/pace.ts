/** How much of what was learnt before each new batch keeps. */
const MEMORY = 0.8;

/**
 * Learns how long a record takes and says how many fit a budget of time. Time and records are summed apart, so that a
 * large batch weighs more than the few records that a cold start was slow on.
 */
export class Pace {
  readonly #budgetMs: number;
  readonly #most: number;
  #ms = 0;
  #records = 0;

  constructor(budgetMs: number, mostRecords: number) {
    this.#budgetMs = budgetMs;
    this.#most = mostRecords;
  }

  learn(records: number, tookMs: number): void {
    if (records === 0) return;
    this.#ms = this.#ms * MEMORY + tookMs;
    this.#records = this.#records * MEMORY + records;
  }

  /** At least 1. */
  records(): number {
    if (this.#ms === 0) return this.#most;
    return Math.max(1, Math.min(this.#most, Math.floor((this.#budgetMs * this.#records) / this.#ms)));
  }
}
