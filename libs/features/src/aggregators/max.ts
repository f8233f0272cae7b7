import type { Aggregator } from './aggregator.ts';

interface Extreme {
  value: number | null;
}

/** The greatest value. `[6, null, 4]` → 6; empty → null. */
export const max: Aggregator<Extreme> = {
  open: () => ({ value: null }),
  take(state, { entries, from, to, slot }) {
    let found = state.value;
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as number | null;
      if (value !== null && (found === null || value > found)) found = value;
    }
    state.value = found;
  },
  merge(state, { value }) {
    if (value !== null && (state.value === null || value > state.value)) state.value = value;
  },
  value: ({ value }) => value,
};
