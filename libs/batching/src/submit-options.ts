import type { Priority } from './priority.ts';
import type { Source } from './source.ts';

/** What whoever hands over rows may say about them. */
export interface SubmitOptions {
  /** `topic` when absent. */
  readonly source?: Source;
  /** `normal` when absent. */
  readonly priority?: Priority;
  /** When the request came, by the clock's `elapsed`; now when absent. The deadline counts from here. */
  readonly arrivedMs?: number;
  /**
   * A door's, in milliseconds from the arrival: rows that have not left by then are not computed (`DEADLINE_EXCEEDED`).
   * The batcher aims at it where it is sooner than its own. Of the topic it means nothing: its rows never expire.
   */
  readonly deadlineMs?: number;
  /** Rows that have not left when it aborts are not computed (`CANCELLED`). */
  readonly signal?: AbortSignal;
  /** Whether the outcomes say which batch they were in: for traces. */
  readonly explain?: boolean;
}
