import type { RowOutcome } from './row-outcome.ts';

/** Rows that came together and are answered together, however the batches cut them. */
export class Submission<Row, Result> {
  readonly rows: readonly Row[];
  readonly arrivedMs: number;
  readonly outcomes: Promise<readonly RowOutcome<Result>[]>;
  readonly #found: RowOutcome<Result>[] = [];
  #taken = 0;
  #open: number;
  #resolve!: (outcomes: readonly RowOutcome<Result>[]) => void;
  #reject!: (error: unknown) => void;

  constructor(rows: readonly Row[], arrivedMs: number) {
    this.rows = rows;
    this.arrivedMs = arrivedMs;
    this.#open = rows.length;
    this.outcomes = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** How many rows wait for a batch. */
  get waiting(): number {
    return this.rows.length - this.#taken;
  }

  /** At most so many of the rows that wait, and where their outcomes belong. */
  take(most: number): Segment<Row, Result> {
    const from = this.#taken;
    this.#taken = Math.min(this.rows.length, from + most);
    return { submission: this, from, rows: this.rows.slice(from, this.#taken) };
  }

  settle(from: number, outcomes: readonly RowOutcome<Result>[]): void {
    outcomes.forEach((outcome, i) => (this.#found[from + i] = outcome));
    this.#open -= outcomes.length;
    if (this.#open === 0) this.#resolve(this.#found);
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}

/** The part of a submission that is in one batch. */
export interface Segment<Row, Result> {
  readonly submission: Submission<Row, Result>;
  readonly from: number;
  readonly rows: readonly Row[];
}
