import type { AppError } from '@millrace/core';

import type { Priority } from './priority.ts';
import type { RowBatch, RowOutcome } from './row-outcome.ts';
import type { Source } from './source.ts';

/** Rows and what was said about them. Times are the clock's `elapsed`. */
export interface SubmissionTerms<Row> {
  readonly rows: readonly Row[];
  /** Of all of them. */
  readonly bytes: number;
  readonly source: Source;
  readonly priority: Priority;
  readonly arrivedMs: number;
  /** When the rows should be answered, unless they expire before. */
  readonly dueMs: number;
  /** From when on rows that have not left are not computed; Infinity: never. */
  readonly expiresMs: number;
  readonly explain: boolean;
}

/** Rows that came together and are answered together, however the batches cut them. */
export class Submission<Row, Result> {
  readonly terms: SubmissionTerms<Row>;
  readonly outcomes: Promise<readonly RowOutcome<Result>[]>;
  /** The line that it stands in, and its neighbours there: the line's to write. */
  line: Standing<Row, Result> | null = null;
  before: Submission<Row, Result> | null = null;
  behind: Submission<Row, Result> | null = null;
  /** Its place in the heap of deadlines; -1: not there. The heap's to write. */
  heapPlace = -1;
  readonly #found: RowOutcome<Result>[] = [];
  #taken = 0;
  #open: number;
  #resolve!: (outcomes: readonly RowOutcome<Result>[]) => void;
  #reject!: (error: unknown) => void;

  constructor(terms: SubmissionTerms<Row>) {
    this.terms = terms;
    this.#open = terms.rows.length;
    this.outcomes = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get rowBytes(): number {
    return this.terms.bytes / this.terms.rows.length;
  }

  /** How many rows wait for a batch. */
  get waiting(): number {
    return this.terms.rows.length - this.#taken;
  }

  /** At most so many of the rows that wait. */
  take(most: number): Segment<Row, Result> {
    const from = this.#taken;
    this.#taken = Math.min(this.terms.rows.length, from + most);
    return { submission: this, from, rows: this.#taken - from };
  }

  /** The outcomes from `at` on are those of the rows from `from` on, so many. */
  settle(from: number, rows: number, outcomes: readonly RowOutcome<Result>[], at: number, batch: RowBatch): void {
    const { explain } = this.terms;
    for (let i = 0; i < rows; i++) {
      const outcome = outcomes[at + i] as RowOutcome<Result>;
      this.#found[from + i] = explain ? { ...outcome, batch } : outcome;
    }
    this.#close(rows);
  }

  /** What waits is not computed: this is what becomes of it. */
  giveUp(error: AppError): void {
    const { waiting } = this;
    for (let i = this.#taken; i < this.terms.rows.length; i++) this.#found[i] = { ok: false, error };
    this.#taken += waiting;
    this.#close(waiting);
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  #close(rows: number): void {
    this.#open -= rows;
    if (this.#open === 0) this.#resolve(this.#found);
  }
}

/** Where a submission stands until its rows have left. */
interface Standing<Row, Result> {
  remove(submission: Submission<Row, Result>): void;
}

/** The part of a submission that is in one batch: so many rows from `from` on. */
export interface Segment<Row, Result> {
  readonly submission: Submission<Row, Result>;
  readonly from: number;
  readonly rows: number;
}
