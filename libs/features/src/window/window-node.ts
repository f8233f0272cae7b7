import type { AnyAggregator } from '../aggregators/aggregator.ts';
import type { Entry } from './entry.ts';

/** One fold over a stretch of time. */
export interface Fold {
  readonly aggregator: AnyAggregator;
  /** The feature's position in `Entry.values`. */
  readonly slot: number;
  /** Epoch milliseconds: from (included) to (excluded). */
  readonly from: number;
  readonly to: number;
}

/** A part of an `EntryTree`: a stretch of its entries, in order; never empty but for the root of an empty tree. */
export interface WindowNode {
  readonly isEmpty: boolean;
  readonly first: Entry | undefined;
  readonly last: Entry | undefined;
  /** What of this node lies in the stretch, into `state`. */
  fold(fold: Fold, state: unknown): void;
  /** The state of all of it, kept until an entry comes or goes. Not to be changed. */
  summary(aggregator: AnyAggregator, slot: number): unknown;
  /** @returns whether it was new, and the node that now stands behind this one if it had to be split */
  insert(entry: Entry): { readonly isNew: boolean; readonly split?: WindowNode };
  /** True if this very entry was there. */
  remove(entry: Entry): boolean;
  /** Takes out what is stamped at or before `time`. */
  dropThrough(time: number): readonly Entry[];
  /** In order: what lies from `from` (included) to `to` (excluded). */
  between(from: number, to: number): Iterable<Entry>;
}
