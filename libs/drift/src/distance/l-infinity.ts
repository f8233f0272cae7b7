import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * The largest difference between two shares of a bin (Chebyshev's distance), in [0, 1].
 *
 * ```ts
 * lInfinity({ live: [1, 3], reference: [2, 2] }); // 0.25
 * ```
 */
export function lInfinity(pair: CountsPair): number {
  return shares(pair).reduce((most, [p, r]) => Math.max(most, Math.abs(p - r)), 0);
}
