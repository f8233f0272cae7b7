import { ksOnBins } from '../distance/ks-on-bins.ts';
import { total } from '../distance/used-bins.ts';
import { kolmogorovTail } from './kolmogorov-tail.ts';
import { pooledCounts } from './pooled-counts.ts';
import { NO_DIFFERENCE, type TestResult } from './test-result.ts';

/**
 * Two-sample Kolmogorov–Smirnov test on raw values. Its p is that of one sample of round(mn / (m + n)) values, as
 * SciPy's asymptotic mode has it.
 *
 * Source: Smirnov (1939); Hodges, The Significance Probability of the Smirnov Two-Sample Test (1958).
 *
 * ```ts
 * kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]); // { statistic: 0.5, p: 0.5 }
 * ```
 */
export function kolmogorovSmirnov(live: readonly number[], reference: readonly number[]): TestResult {
  const pooled = pooledCounts(live, reference);
  const n = total(pooled.live);
  const m = total(pooled.reference);
  if (n === 0 || m === 0) return NO_DIFFERENCE;
  const statistic = ksOnBins(pooled);
  return { statistic, p: kolmogorovTail(statistic, Math.max(1, Math.round((n * m) / (n + m)))) };
}
