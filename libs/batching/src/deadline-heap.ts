import type { Submission } from './submission.ts';

/** Submissions that expire, the next one first: a binary heap in which each knows its place, so that any can leave. */
export class DeadlineHeap<Row, Result> {
  readonly #heap: Submission<Row, Result>[] = [];

  get first(): Submission<Row, Result> | null {
    return this.#heap[0] ?? null;
  }

  add(submission: Submission<Row, Result>): void {
    this.#rise(submission, this.#heap.length);
  }

  /** Nothing happens where it is not there. */
  remove(submission: Submission<Row, Result>): void {
    const place = submission.heapPlace;
    if (place < 0) return;
    submission.heapPlace = -1;
    const last = this.#heap.pop();
    if (!last || last === submission) return;
    this.#sink(last, place);
    this.#rise(last, last.heapPlace);
  }

  #rise(submission: Submission<Row, Result>, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#expiry(above) <= submission.terms.expiresMs) break;
      this.#put(this.#heap[above] as Submission<Row, Result>, place);
      place = above;
    }
    this.#put(submission, place);
  }

  #sink(submission: Submission<Row, Result>, from: number): void {
    let place = from;
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const below = this.#expiry(right) < this.#expiry(left) ? right : left;
      if (this.#expiry(below) >= submission.terms.expiresMs) break;
      this.#put(this.#heap[below] as Submission<Row, Result>, place);
      place = below;
    }
    this.#put(submission, place);
  }

  #put(submission: Submission<Row, Result>, place: number): void {
    this.#heap[place] = submission;
    submission.heapPlace = place;
  }

  #expiry(place: number): number {
    return this.#heap[place]?.terms.expiresMs ?? Number.POSITIVE_INFINITY;
  }
}
