/** How windows are cut (`monitor.window`). One of `everyMs` and `rows` is not null. */
export interface WindowSetting {
  readonly everyMs: number | null;
  readonly rows: number | null;
  /** Calendar windows: a weekday (`monday`) or a time of day (`06:30`). */
  readonly starts: string | null;
  /** IANA zone. */
  readonly zone: string;
  readonly minRows: number;
  readonly atMostMs: number;
}

/** A stretch of event time, epoch milliseconds: start ≤ t < end. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The window that a time belongs to. */
export interface WindowGrid {
  spanOf(at: number): Span;
}
