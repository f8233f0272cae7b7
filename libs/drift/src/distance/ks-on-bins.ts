import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * Kolmogorov–Smirnov on ascending bins: the largest difference of the cumulated shares. On bins it is a lower bound of
 * the samples' own D; where every distinct value has its bin, it is D.
 *
 * Source: Smirnov, Table for Estimating the Goodness of Fit of Empirical Distributions (1948).
 *
 * ```ts
 * ksOnBins({ live: [3, 1, 0], reference: [1, 1, 2] }); // 0.5
 * ```
 */
export function ksOnBins(pair: CountsPair): number {
  let apart = 0;
  let most = 0;
  for (const [p, r] of shares(pair)) {
    apart += p - r;
    most = Math.max(most, Math.abs(apart));
  }
  return most;
}
