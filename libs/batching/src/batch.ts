import type { BatchReport } from './batch-observer.ts';
import type { LeaveReason } from './batch-policy.ts';
import type { RowOutcome } from './row-outcome.ts';
import type { Segment } from './submission.ts';

/** Rows that leave together, and whose they are. */
export class Batch<Row, Result> {
  readonly segments: readonly Segment<Row, Result>[];
  readonly rows: readonly Row[];
  readonly #reason: LeaveReason;
  readonly #leftMs: number;

  constructor(segments: readonly Segment<Row, Result>[], reason: LeaveReason, leftMs: number) {
    this.segments = segments;
    this.rows = rowsOf(segments);
    this.#reason = reason;
    this.#leftMs = leftMs;
  }

  /** Gives everyone the outcomes of their own rows. */
  settle(outcomes: readonly RowOutcome<Result>[], tookMs: number): void {
    let at = 0;
    for (const { submission, from, rows } of this.segments) {
      const waitedMs = this.#leftMs - submission.terms.arrivedMs;
      const batch = { reason: this.#reason, rows: this.rows.length, waitedMs, tookMs };
      submission.settle(from, rows, outcomes, at, batch);
      at += rows;
    }
  }

  report(tookMs: number, nowMs: number): BatchReport {
    const parts = this.segments.map(({ rows, submission: { terms } }) => {
      const { source, arrivedMs } = terms;
      return { source, rows, waitedMs: this.#leftMs - arrivedMs };
    });
    const waitedMs = parts.reduce((most, part) => Math.max(most, part.waitedMs), 0);
    const oldestAgeMs = waitedMs + nowMs - this.#leftMs;
    return { reason: this.#reason, rows: this.rows.length, waitedMs, tookMs, oldestAgeMs, parts };
  }
}

/** A submission that fills a batch alone is not copied. */
function rowsOf<Row, Result>(segments: readonly Segment<Row, Result>[]): readonly Row[] {
  const [only] = segments;
  if (segments.length === 1 && only?.rows === only?.submission.terms.rows.length)
    return only?.submission.terms.rows ?? [];
  const rows: Row[] = [];
  for (const { submission, from, rows: count } of segments)
    for (let i = from; i < from + count; i++) rows.push(submission.terms.rows[i] as Row);
  return rows;
}
