import type { AnyAggregator } from '../aggregators/aggregator.ts';
import type { Entry } from './entry.ts';
import { overPanes } from './over-panes.ts';
import { Pane } from './pane.ts';

/** What the features of a store make of their contents, by their position in `Entry.values`. */
export type SlotAggregators = ReadonlyMap<number, AnyAggregator>;

/**
 * @param at the pane's beginning
 * @param entries what it holds, in order; at least one
 */
export function foldPane(at: number, entries: readonly Entry[], aggregators: SlotAggregators): Pane {
  const values: unknown[] = Array.from(entries[0]!.values, () => null);
  for (const [slot, aggregator] of aggregators) {
    if (entries.every((entry) => entry.values[slot] === null)) continue;
    values[slot] = aggregator.open();
    overPanes(aggregator).take(values[slot], { entries, from: 0, to: entries.length, slot });
  }
  const offset = entries.reduce((least, entry) => Math.min(least, entry.offset), Infinity);
  return new Pane(at, offset, values);
}
