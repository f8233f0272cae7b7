import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * Wasserstein distance W1 between two distributions on the same ascending points, in the points' unit: how far the mass
 * has to be moved, on average. Divide by the reference's standard deviation to compare signals.
 *
 * Source: Vallender, Calculation of the Wasserstein Distance Between Probability Distributions on the Line (1974).
 *
 * ```ts
 * wassersteinOnBins({ live: [0, 4], reference: [2, 2] }, [10, 30]); // 10
 * ```
 *
 * @param points one per bin, ascending: the mean of the reference's values there
 */
export function wassersteinOnBins(pair: CountsPair, points: readonly number[]): number {
  let apart = 0;
  let moved = 0;
  shares(pair).forEach(([p, r], bin) => {
    if (bin > 0) moved += Math.abs(apart) * ((points[bin] as number) - (points[bin - 1] as number));
    apart += p - r;
  });
  return moved;
}
