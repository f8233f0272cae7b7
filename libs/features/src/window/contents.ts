import type { Entry } from './entry.ts';

/** What one feature sees of one key at one time: a stretch of ordered entries, and its place in their values. */
export interface Contents {
  readonly entries: readonly Entry[];
  /** Indices into `entries`: from (included) to (excluded). */
  readonly from: number;
  readonly to: number;
  /** The feature's position in `Entry.values`. Entries with null there do not exist for it. */
  readonly slot: number;
}
