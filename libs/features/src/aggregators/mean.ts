import type { Aggregator } from './aggregator.ts';
import { sum, type Sum } from './sum.ts';

/** The exact sum, rounded once, over the number of values. `[4, null, 6]` → 5; empty → null. */
export const mean: Aggregator<Sum> = {
  ...sum,
  value: ({ n, total }) => (n === 0 ? null : total.value() / n),
};
