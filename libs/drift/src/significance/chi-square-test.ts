import type { CountsPair } from '../distance/used-bins.ts';
import { homogeneity } from './homogeneity.ts';
import type { TestResult } from './test-result.ts';

/**
 * χ² test of homogeneity on the used bins of two samples.
 *
 * Source: Pearson (1900).
 *
 * ```ts
 * chiSquareTest({ live: [10, 20], reference: [20, 10] }); // { statistic: 6.666…, p: 0.00982… }
 * ```
 */
export function chiSquareTest(pair: CountsPair): TestResult {
  return homogeneity(pair, (observed, expected) => (observed - expected) ** 2 / expected);
}
