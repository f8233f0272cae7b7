import { fits, type QueueBounds } from './queue-bounds.ts';
import type { RowQueue } from './row-queue.ts';
import { isDoor } from './source.ts';
import { SubmissionLine } from './submission-line.ts';
import type { Submission } from './submission.ts';

/** Lets rows into the queue: each source has its own bounds, so that no other can take its room. */
export class Admission<Row, Result> {
  readonly #queue: RowQueue<Row, Result>;
  readonly #bounds: QueueBounds;
  /** Of the topic, which waits outside where a door is refused. */
  readonly #outside = new SubmissionLine<Row, Result>();

  constructor(queue: RowQueue<Row, Result>, bounds: QueueBounds) {
    this.#queue = queue;
    this.#bounds = bounds;
  }

  /** False: it is refused. */
  admit(submission: Submission<Row, Result>): boolean {
    const door = isDoor(submission.terms.source);
    if ((door || !this.#outside.first) && this.#hasRoom(submission)) this.#queue.add(submission);
    else if (door) return false;
    else this.#outside.add(submission);
    return true;
  }

  /** There may be room for who waits outside. */
  refill(): void {
    for (let next = this.#outside.first; next && this.#hasRoom(next); next = this.#outside.first) {
      this.#outside.remove(next);
      this.#queue.add(next);
    }
  }

  #hasRoom({ waiting, terms: { source, bytes } }: Submission<Row, Result>): boolean {
    return fits(this.#queue.of(source), { rows: waiting, bytes }, this.#bounds);
  }
}
