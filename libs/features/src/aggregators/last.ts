import type { Aggregator } from './aggregator.ts';
import { lastTaken } from './last-taken.ts';

interface Last {
  value: number | null;
}

/** The latest value, by (at, id). `[4, 6, null]` → 6; empty → null. */
export const last: Aggregator<Last> = {
  open: () => ({ value: null }),
  take(state, contents) {
    const entry = lastTaken(contents);
    if (entry) state.value = entry.values[contents.slot] as number;
  },
  merge(state, { value }) {
    state.value = value ?? state.value;
  },
  value: ({ value }) => value,
};
