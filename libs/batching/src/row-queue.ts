import { DeadlineHeap } from './deadline-heap.ts';
import { PRIORITIES, type Priority } from './priority.ts';
import { SOURCES, type Source } from './source.ts';
import { SubmissionLine } from './submission-line.ts';
import type { Segment, Submission } from './submission.ts';
import { Turns } from './turns.ts';

/** A source's turn: small beside a batch, so that all have rows in one; large enough that batches are cut into few parts. */
const SOURCE_ROWS = 16;
/** Higher priorities go first, and where they do not end, the lower have an eighth. */
const HIGHER_ROWS = 28;
const LOWER_ROWS = 4;

type Lines<Row, Result> = Readonly<Record<Source, SubmissionLine<Row, Result>>>;

/**
 * The rows that wait for a batch. First by priority, then sources in turn, then by arrival; nothing that waits is passed
 * over for ever.
 */
export class RowQueue<Row, Result> {
  readonly #lines = tableOf<Priority, Lines<Row, Result>>(PRIORITIES, () =>
    tableOf<Source, SubmissionLine<Row, Result>>(SOURCES, () => new SubmissionLine()),
  );
  readonly #allLines = PRIORITIES.flatMap((priority) => Object.values(this.#lines[priority]));
  readonly #order = takeTurns(PRIORITIES.map((priority) => this.#lines[priority]));
  readonly #deadlines = new DeadlineHeap<Row, Result>();

  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** What waits of one source. */
  of(source: Source): { readonly rows: number; readonly bytes: number } {
    let rows = 0;
    let bytes = 0;
    for (const priority of PRIORITIES) {
      const line = this.#lines[priority][source];
      rows += line.rows;
      bytes += line.bytes;
    }
    return { rows, bytes };
  }

  /**
   * When the first row should be answered; Infinity while none waits. Without deadlines of their own those are due first
   * that came first, so the heads of the lines know.
   */
  get dueMs(): number {
    let dueMs = this.expiresMs;
    for (const { first } of this.#allLines) if (first && first.terms.dueMs < dueMs) dueMs = first.terms.dueMs;
    return dueMs;
  }

  /** When the next rows expire; Infinity: none will. */
  get expiresMs(): number {
    return this.#deadlines.first?.terms.expiresMs ?? Number.POSITIVE_INFINITY;
  }

  add(submission: Submission<Row, Result>): void {
    this.#rows += submission.waiting;
    this.#lineOf(submission).add(submission);
    if (submission.terms.expiresMs < Number.POSITIVE_INFINITY) this.#deadlines.add(submission);
  }

  /** At most so many rows, by the submissions that they came in. */
  take(most: number): readonly Segment<Row, Result>[] {
    const segments: Segment<Row, Result>[] = [];
    this.#rows -= this.#order.take(most, segments);
    for (const { submission } of segments) if (submission.waiting === 0) this.#deadlines.remove(submission);
    return segments;
  }

  /** What is left of it does not run, be it here or still outside. Nothing happens where nothing is left. */
  remove(submission: Submission<Row, Result>): void {
    if (submission.line === this.#lineOf(submission)) this.#rows -= submission.waiting;
    submission.line?.remove(submission);
    this.#deadlines.remove(submission);
  }

  /** One whose rows have expired; it still waits here. */
  expired(nowMs: number): Submission<Row, Result> | null {
    return this.expiresMs <= nowMs ? this.#deadlines.first : null;
  }

  #lineOf({ terms: { priority, source } }: Submission<Row, Result>): SubmissionLine<Row, Result> {
    return this.#lines[priority][source];
  }
}

/** The lines of each priority, the highest first: the sources of one in turn, and before all of lower ones together. */
function takeTurns<Row, Result>([highest, ...lower]: readonly Lines<Row, Result>[]): Turns<Row, Result> {
  const own = new Turns(Object.values(highest ?? {}).map((line) => ({ line, rows: SOURCE_ROWS })));
  if (lower.length === 0) return own;
  return new Turns([
    { line: own, rows: HIGHER_ROWS },
    { line: takeTurns(lower), rows: LOWER_ROWS },
  ]);
}

function tableOf<Key extends string, Value>(keys: readonly Key[], make: () => Value): Readonly<Record<Key, Value>> {
  return Object.fromEntries(keys.map((key) => [key, make()])) as Record<Key, Value>;
}
