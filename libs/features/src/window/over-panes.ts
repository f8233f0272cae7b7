import type { AnyAggregator } from '../aggregators/aggregator.ts';
import { Pane } from './pane.ts';

/** The same aggregator, over contents among which are panes. */
export function overPanes(aggregator: AnyAggregator): AnyAggregator {
  return {
    ...aggregator,
    take(state, { entries, from, to, slot }) {
      for (let next = from; next < to;) {
        const entry = entries[next]!;
        if (entry instanceof Pane) {
          if (entry.values[slot] !== null) aggregator.merge(state, entry.values[slot]);
          next++;
        } else {
          const begun = next;
          while (next < to && !(entries[next] instanceof Pane)) next++;
          aggregator.take(state, { entries, from: begun, to: next, slot });
        }
      }
    },
  };
}
