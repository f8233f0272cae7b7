import type { Aggregator } from './aggregator.ts';
import { ExactSquares } from './exact-squares.ts';

/** The sample's standard deviation (n − 1), from exact sums of x and x². `[2, 4, 6]` → 2; below two values → null. */
export const stddev: Aggregator<ExactSquares> = {
  open: () => new ExactSquares(),
  take(state, { entries, from, to, slot }) {
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as number | null;
      if (value !== null) state.add(value);
    }
  },
  merge(state, later) {
    state.merge(later);
  },
  value: (state) => state.sampleDeviation(),
};
