import { total, type CountsPair } from '../distance/used-bins.ts';
import { normalTail } from './normal-tail.ts';
import { pooledCounts } from './pooled-counts.ts';
import { NO_DIFFERENCE, type TestResult } from './test-result.ts';

/**
 * Mann–Whitney U of the live sample, ties counting half, with a two-sided p by the normal approximation, corrected for
 * ties and continuity.
 *
 * Source: Mann, Whitney, On a Test of Whether one of Two Random Variables is Stochastically Larger (1947).
 *
 * ```ts
 * mannWhitney([1, 2, 3], [2, 4, 5, 6]); // { statistic: 1.5, p: 0.15357… }
 * ```
 */
export function mannWhitney(live: readonly number[], reference: readonly number[]): TestResult {
  return mannWhitneyOnBins(pooledCounts(live, reference));
}

/**
 * The same of samples that are known by their counts on bins in order: all in a bin are ties.
 *
 * ```ts
 * mannWhitneyOnBins({ live: [10, 20], reference: [20, 10] }); // { statistic: 600, p: 0.01071… }
 * ```
 */
export function mannWhitneyOnBins(pooled: CountsPair): TestResult {
  const n = total(pooled.live);
  const m = total(pooled.reference);
  if (n === 0 || m === 0) return NO_DIFFERENCE;
  let below = 0;
  let statistic = 0;
  let ties = 0;
  pooled.live.forEach((count, i) => {
    const theirs = pooled.reference[i] as number;
    statistic += count * (below + theirs / 2);
    below += theirs;
    ties += (count + theirs) ** 3 - (count + theirs);
  });
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return { statistic, p: 1 };
  const z = (Math.abs(statistic - (n * m) / 2) - 0.5) / Math.sqrt(variance);
  return { statistic, p: Math.min(1, 2 * normalTail(z)) };
}
