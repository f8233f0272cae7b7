import type { CountsPair } from '../distance/used-bins.ts';
import { homogeneity } from './homogeneity.ts';
import type { TestResult } from './test-result.ts';

/**
 * G test (log-likelihood ratio) of homogeneity on the used bins of two samples.
 *
 * Source: Wilks (1938); Sokal, Rohlf, Biometry.
 *
 * ```ts
 * gTest({ live: [10, 20], reference: [20, 10] }); // { statistic: 6.795…, p: 0.00913… }
 * ```
 */
export function gTest(pair: CountsPair): TestResult {
  return homogeneity(pair, (observed, expected) => (observed === 0 ? 0 : 2 * observed * Math.log(observed / expected)));
}
