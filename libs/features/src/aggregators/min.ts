import type { Aggregator } from './aggregator.ts';

interface Extreme {
  value: number | null;
}

/** The least value. `[6, null, 4]` → 4; empty → null. */
export const min: Aggregator<Extreme> = {
  open: () => ({ value: null }),
  take(state, { entries, from, to, slot }) {
    let found = state.value;
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as number | null;
      if (value !== null && (found === null || value < found)) found = value;
    }
    state.value = found;
  },
  merge(state, { value }) {
    if (value !== null && (state.value === null || value < state.value)) state.value = value;
  },
  value: ({ value }) => value,
};
