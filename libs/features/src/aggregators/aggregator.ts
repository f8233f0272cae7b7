import type { Contents } from '../window/contents.ts';

/**
 * What a `take` makes of a window: a function of its contents alone, never of their history.
 *
 * It is gathered in a state that starts as the state of nothing, takes stretches of entries one after the other, and can
 * be merged with the state of the stretch that follows. So what a long window has in common with the one before need not
 * be looked at again: however the contents are cut into stretches, the value has the same bits.
 *
 * ```ts
 * const [early, late] = [max.open(), max.open()];
 * max.take(early, contentsOf([4, null]));
 * max.take(late, contentsOf([6]));
 * max.merge(early, late);
 * max.value(early, at); // 6
 * ```
 */
export interface Aggregator<State> {
  /** The state of nothing. */
  open(): State;
  /** Takes entries that lie behind all that the state has taken. */
  take(state: State, contents: Contents): void;
  /** Takes all that `later` has taken, which lies behind what `state` has; `later` stays as it is. */
  merge(state: State, later: State): void;
  /**
   * @param at the request's event time, epoch milliseconds
   * @returns null where the window says nothing
   */
  value(state: State, at: number): number | null;
}

/** An aggregator whose states only it can read. */
export type AnyAggregator = Aggregator<unknown>;
