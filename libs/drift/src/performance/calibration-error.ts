/** What is known of the scores of one bin. */
export interface ScoredBin {
  readonly rows: number;
  readonly meanScore: number;
  readonly positives: number;
}

/**
 * Expected calibration error: by how much the mean score of a bin misses its share of positives, weighted by rows. Null
 * without rows.
 *
 * Source: Naeini, Cooper, Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning (2015).
 *
 * ```ts
 * const bins = [{ rows: 10, meanScore: 0.2, positives: 3 }, { rows: 30, meanScore: 0.9, positives: 27 }];
 * calibrationError(bins); // 0.025
 * ```
 */
export function calibrationError(bins: readonly ScoredBin[]): number | null {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  if (rows === 0) return null;
  return bins.reduce((sum, bin) => sum + Math.abs(bin.rows * bin.meanScore - bin.positives), 0) / rows;
}
