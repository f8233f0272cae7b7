import type { Aggregator } from './aggregator.ts';

interface First {
  value: number | null;
}

/** The earliest value, by (at, id). `[4, null, 6]` → 4; empty → null. */
export const first: Aggregator<First> = {
  open: () => ({ value: null }),
  take(state, { entries, from, to, slot }) {
    for (let i = from; i < to && state.value === null; i++) state.value = entries[i]!.values[slot] as number | null;
  },
  merge(state, { value }) {
    state.value ??= value;
  },
  value: ({ value }) => value,
};
