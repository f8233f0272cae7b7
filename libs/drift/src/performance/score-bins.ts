/** Scores are kept as counts on so many bins of equal width in [0, 1]. */
export const SCORE_BINS = 50;

/**
 * The bin of a probability; null where it is none: not in [0, 1], or NaN.
 *
 * ```ts
 * [0, 0.5, 1, 1.2].map(scoreBin); // [0, 25, 49, null]
 * ```
 */
export function scoreBin(score: number): number | null {
  return score >= 0 && score <= 1 ? Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS)) : null;
}
