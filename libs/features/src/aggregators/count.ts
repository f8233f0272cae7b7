import type { Aggregator } from './aggregator.ts';

interface Count {
  n: number;
}

/** How many events, or how many values where the feature has an `of`. `[4, null, 6]` → 2; empty → 0. */
export const count: Aggregator<Count> = {
  open: () => ({ n: 0 }),
  take(state, { entries, from, to, slot }) {
    for (let i = from; i < to; i++) if (entries[i]!.values[slot] !== null) state.n++;
  },
  merge(state, { n }) {
    state.n += n;
  },
  value: ({ n }) => n,
};
