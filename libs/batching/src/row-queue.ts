import type { Segment, Submission } from './submission.ts';

/** The rows that wait for a batch, in order of arrival. */
export class RowQueue<Row, Result> {
  readonly #submissions: Submission<Row, Result>[] = [];

  get rows(): number {
    return this.#submissions.reduce((sum, submission) => sum + submission.waiting, 0);
  }

  /** When the oldest row came; null while none waits. */
  get oldestArrivedMs(): number | null {
    return this.#submissions[0]?.arrivedMs ?? null;
  }

  add(submission: Submission<Row, Result>): void {
    this.#submissions.push(submission);
  }

  /** The oldest rows, at most so many, by the submissions that they came in. */
  take(most: number): readonly Segment<Row, Result>[] {
    const segments: Segment<Row, Result>[] = [];
    for (let room = most; room > 0;) {
      const segment = this.#submissions[0]?.take(room);
      if (!segment) break;
      segments.push(segment);
      room -= segment.rows.length;
      if (segment.submission.waiting === 0) this.#submissions.shift();
    }
    return segments;
  }

  /** The submission has failed: what is left of it does not run. */
  drop(submission: Submission<Row, Result>): void {
    const at = this.#submissions.indexOf(submission);
    if (at >= 0) this.#submissions.splice(at, 1);
  }
}
