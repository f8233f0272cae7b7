import { ExactSum } from '@millrace/core';

import type { Aggregator } from './aggregator.ts';

export interface Sum {
  n: number;
  readonly total: ExactSum;
}

/** The exact sum, rounded once. `[0.1, 0.2, 0.3]` → 0.6; empty → null. */
export const sum: Aggregator<Sum> = {
  open: () => ({ n: 0, total: new ExactSum() }),
  take(state, { entries, from, to, slot }) {
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as number | null;
      if (value === null) continue;
      state.total.add(value);
      state.n++;
    }
  },
  merge(state, { n, total }) {
    state.total.merge(total);
    state.n += n;
  },
  value: ({ n, total }) => (n === 0 ? null : total.value()),
};
