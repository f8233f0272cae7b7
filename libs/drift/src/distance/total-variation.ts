import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * Half the sum of the absolute differences: the share of rows that would have to move, in [0, 1].
 *
 * Source: Levin, Peres, Markov Chains and Mixing Times (2017), chapter 4.
 *
 * ```ts
 * totalVariation({ live: [1, 3, 0], reference: [2, 1, 1] }); // 0.5
 * ```
 */
export function totalVariation(pair: CountsPair): number {
  return shares(pair).reduce((sum, [p, r]) => sum + Math.abs(p - r), 0) / 2;
}
