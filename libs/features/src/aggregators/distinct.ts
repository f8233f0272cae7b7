import type { Value } from '@millrace/core';

import type { Aggregator } from './aggregator.ts';

/** How many different values. `["JFK", "LGA", "JFK", null]` → 2; empty → 0. */
export const distinct: Aggregator<Set<Value>> = {
  open: () => new Set(),
  take(state, { entries, from, to, slot }) {
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as Value;
      if (value !== null) state.add(value);
    }
  },
  merge(state, later) {
    for (const value of later) state.add(value);
  },
  value: ({ size }) => size,
};
