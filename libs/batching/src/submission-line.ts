import type { Segment, Submission } from './submission.ts';
import type { Line } from './turns.ts';

/**
 * Submissions in the order of their arrival; those that arrived at once, in the order in which they were added. Linked,
 * because one that is given up leaves from the middle.
 */
export class SubmissionLine<Row, Result> implements Line<Row, Result> {
  #first: Submission<Row, Result> | null = null;
  #last: Submission<Row, Result> | null = null;
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get first(): Submission<Row, Result> | null {
    return this.#first;
  }

  add(submission: Submission<Row, Result>): void {
    let before = this.#last;
    while (before && before.terms.arrivedMs > submission.terms.arrivedMs) before = before.before;
    submission.line = this;
    this.#join(submission, before ? before.behind : this.#first);
    this.#join(before, submission);
    this.#count(submission, submission.waiting);
  }

  remove(submission: Submission<Row, Result>): void {
    this.#count(submission, -submission.waiting);
    this.#unlink(submission);
  }

  take(most: number, into: Segment<Row, Result>[]): number {
    let taken = 0;
    for (let next = this.#first; next && taken < most; next = this.#first) {
      const segment = next.take(most - taken);
      into.push(segment);
      taken += segment.rows;
      this.#count(next, -segment.rows);
      if (next.waiting > 0) break;
      this.#unlink(next);
    }
    return taken;
  }

  /** Bytes are fractions of a submission's: where nothing waits, nothing is left of them. */
  #count(submission: Submission<Row, Result>, rows: number): void {
    this.#rows += rows;
    this.#bytes = this.#rows === 0 ? 0 : this.#bytes + rows * submission.rowBytes;
  }

  #unlink(submission: Submission<Row, Result>): void {
    this.#join(submission.before, submission.behind);
    submission.line = null;
    submission.before = null;
    submission.behind = null;
  }

  /** These two are neighbours; null is the end of the line. */
  #join(before: Submission<Row, Result> | null, behind: Submission<Row, Result> | null): void {
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
  }
}
