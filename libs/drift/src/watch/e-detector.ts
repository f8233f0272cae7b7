import { total, type CountsPair } from '../distance/used-bins.ts';
import { logDirichletMultinomial } from './log-dirichlet-multinomial.ts';

/** How tightly the alternative sits around the reference: as if it had been seen in 100 rows. */
const ALTERNATIVE_ROWS = 100;

/**
 * Log e-value of one window: "anything near the reference" against "the reference, itself uncertain". Its expectation
 * under an unchanged distribution is at most 1, whatever the window's size.
 *
 * Source: Lindon, Malek, Anytime-Valid Inference for Multinomial Count Data (2020).
 */
export function logEvidence({ live, reference }: CountsPair): number {
  const bins = live.length;
  const rows = total(reference) + bins / 2;
  const uncertain = reference.map((count) => count + 0.5);
  const near = uncertain.map((count) => (ALTERNATIVE_ROWS * count) / rows);
  return logDirichletMultinomial(live, near) - logDirichletMultinomial(live, uncertain);
}

/**
 * One step of the Shiryaev–Roberts recursion, M ← (M + 1) · e, in logarithms. M starts at 0, whose logarithm is −∞.
 * The mean number of windows until M ≥ A without a change is at least A.
 *
 * Source: Shin, Ramdas, Rinaldo, E-detectors (2023).
 *
 * ```ts
 * shiryaevRoberts(-Infinity, 3.4); // 3.4
 * ```
 */
export function shiryaevRoberts(logM: number, logE: number): number {
  const plusOne = Math.max(logM, 0) + Math.log1p(Math.exp(-Math.abs(logM)));
  return plusOne + logE;
}
