import { total, type CountsPair } from '../distance/used-bins.ts';
import { logDirichletMultinomial } from './log-dirichlet-multinomial.ts';

/** How far the alternatives lie from the reference, in standard deviations of the bins' mid-ranks. */
const SHIFT = 0.2;

/**
 * Log e-value of one window: "values have moved up, or down, a little" against "the reference, itself uncertain". Where bins
 * have an order, a shift is one way of many in which shares can change, so a bet on it alone needs fewer rows than one on
 * "anything near the reference". Each alternative is the uncertain reference with its shares tilted, rᵢ exp(±0.2 zᵢ), z
 * being the mid-ranks of the ordered bins with mean 0 and standard deviation 1: the locally most powerful scores for a shift
 * of a logistic distribution, and for one of a normal distribution nearly so (Wilcoxon). The expectation under an
 * unchanged distribution is at most 1, whatever the window's size.
 *
 * Source: Hájek, Šidák, Theory of Rank Tests (1967); Lindon, Malek, Anytime-Valid Inference for Multinomial Count Data (2020).
 *
 * ```ts
 * logShiftEvidence({ live: [40, 60], reference: [500, 500] }, 2); // 1.1389…
 * ```
 *
 * @param ordered how many of the bins, the first ones, have an order; the others keep their shares
 */
export function logShiftEvidence({ live, reference }: CountsPair, ordered: number): number {
  const uncertain = reference.map((count) => count + 0.5);
  const scores = midRanks(uncertain.slice(0, ordered));
  const unchanged = logDirichletMultinomial(live, uncertain);
  const [up, down] = [SHIFT, -SHIFT].map(
    (by) => logDirichletMultinomial(live, tilted(uncertain, scores, by)) - unchanged,
  ) as [number, number];
  return logMean(up, down);
}

/** Log of the mean of two e-values, itself one. */
export function logMean(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
}

function midRanks(weights: readonly number[]): readonly number[] {
  const mass = total(weights);
  let below = 0;
  const ranks = weights.map((weight) => (below += weight) / mass - weight / mass / 2);
  const mean = weights.reduce((sum, weight, bin) => sum + (weight * (ranks[bin] as number)) / mass, 0);
  const variance = weights.reduce(
    (sum, weight, bin) => sum + (weight * ((ranks[bin] as number) - mean) ** 2) / mass,
    0,
  );
  return ranks.map((rank) => (rank - mean) / Math.sqrt(variance));
}

function tilted(uncertain: readonly number[], scores: readonly number[], by: number): readonly number[] {
  const moved = scores.map((score, bin) => (uncertain[bin] as number) * Math.exp(by * score));
  const scale = total(uncertain.slice(0, scores.length)) / total(moved);
  return uncertain.map((count, bin) => (bin < moved.length ? (moved[bin] as number) * scale : count));
}
