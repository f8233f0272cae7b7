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
    let [n, whole] = [0, 0];
    for (let i = from; i < to; i++) {
      const value = entries[i]!.values[slot] as number | null;
      if (value === null) continue;
      n++;
      // integers are added here, where that is exact: a window of them is most of what is asked for
      if (Number.isSafeInteger(value) && Number.isSafeInteger(whole + value)) whole += value;
      else state.total.add(value);
    }
    state.n += n;
    state.total.add(whole);
  },
  merge(state, { n, total }) {
    state.total.merge(total);
    state.n += n;
  },
  value: ({ n, total }) => (n === 0 ? null : total.value()),
};
