/** How much of each new measurement enters the running mean. */
const WEIGHT = 0.2;

/** Learns how long a record takes and says how many fit a budget of time. */
export class Pace {
  readonly #budgetMs: number;
  readonly #most: number;
  #msPerRecord = 0;

  constructor(budgetMs: number, mostRecords: number) {
    this.#budgetMs = budgetMs;
    this.#most = mostRecords;
  }

  learn(records: number, tookMs: number): void {
    if (records === 0) return;
    const seen = tookMs / records;
    this.#msPerRecord = this.#msPerRecord === 0 ? seen : this.#msPerRecord + WEIGHT * (seen - this.#msPerRecord);
  }

  /** At least 1. */
  records(): number {
    if (this.#msPerRecord === 0) return this.#most;
    return Math.max(1, Math.min(this.#most, Math.floor(this.#budgetMs / this.#msPerRecord)));
  }
}
