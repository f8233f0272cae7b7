/** How much of what was learnt before each new batch keeps. */
const MEMORY = 0.8;
/** As long as nothing is known: at ten records a second still shorter than a rebalance waits. */
const FIRST_RECORDS = 256;

/**
 * Learns how long a record takes and says how many fit a budget of time. Time and records are summed apart, so that a
 * large batch weighs more than the few records that a cold start was slow on. Begins small and doubles with each batch
 * that keeps to the budget: a slow model must not hold a first large batch for longer than its group waits for it.
 */
export class Pace {
  readonly #budgetMs: number;
  readonly #most: number;
  #ms = 0;
  #records = 0;
  #tried: number;

  constructor(budgetMs: number, mostRecords: number) {
    this.#budgetMs = budgetMs;
    this.#most = mostRecords;
    this.#tried = Math.min(FIRST_RECORDS, mostRecords);
  }

  learn(records: number, tookMs: number): void {
    if (records === 0) return;
    this.#ms = this.#ms * MEMORY + tookMs;
    this.#records = this.#records * MEMORY + records;
    if (tookMs <= this.#budgetMs) this.#tried = Math.min(this.#most, this.#tried * 2);
  }

  /** At least 1. */
  records(): number {
    return Math.max(1, Math.min(this.#tried, Math.floor(this.recordsIn(this.#budgetMs))));
  }

  /** How many take so long, however many may be taken at once. Infinity while that is not known. */
  recordsIn(ms: number): number {
    return this.#ms === 0 ? Infinity : (ms * this.#records) / this.#ms;
  }
}
