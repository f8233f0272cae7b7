import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * Jensen–Shannon distance: the square root of the divergence in base 2, in [0, 1].
 *
 * Source: Lin, Divergence Measures Based on the Shannon Entropy (1991); Endres, Schindelin (2003) for the root.
 *
 * ```ts
 * jensenShannon({ live: [1, 1], reference: [2, 0] }); // 0.5579…
 * ```
 */
export function jensenShannon(pair: CountsPair): number {
  let divergence = 0;
  for (const [p, r] of shares(pair)) {
    const middle = (p + r) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (r > 0) divergence += (r * Math.log2(r / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}
