import { calibrationError } from './calibration-error.ts';
import { calibrated, isotonicMap, type CalibrationMap } from './calibration-map.ts';
import { RealisedClassification, type RealisedMetrics } from './realised-classification.ts';

/** What a classifier was worth on the labelled rows of its sample: what live performance is compared with. */
export interface ValidationPerformance extends RealisedMetrics {
  /** Scores from here on are predicted 1. */
  readonly threshold: number;
  /** Rows predicted wrongly. */
  readonly errors: number;
  /** From score to probability; null where scores are as good as they are. */
  readonly calibration: CalibrationMap | null;
}

type LabelledScore = readonly [score: number, label: number];

/**
 * Measures a classifier on labelled scores, and fits a calibration map. The map is kept only if, fitted on every other
 * row, it lowers the calibration error of the rest.
 *
 * ```ts
 * validate([[0.9, 1], [0.2, 0], [0.6, 0], [0.4, 0]])?.errors; // 1
 * ```
 *
 * @returns null where there is no row with a probability and a label of 0 or 1
 */
export function validate(rows: readonly LabelledScore[], threshold = 0.5): ValidationPerformance | null {
  const all = tallied(rows, threshold);
  const metrics = all.metrics();
  if (metrics.rows === 0) return null;
  const { fp, fn } = all.toJSON().confusion;
  return { ...metrics, threshold, errors: fp + fn, calibration: helps(rows) ? isotonicMap(all.bins()) : null };
}

function helps(rows: readonly LabelledScore[]): boolean {
  const [fitted, held] = [0, 1].map((part) => tallied(rows.filter((_, i) => i % 2 === part)).bins());
  if (!fitted || !held) return false;
  const map = isotonicMap(fitted);
  const moved = held.map((bin) => ({ ...bin, meanScore: calibrated(map, bin.meanScore) }));
  return (calibrationError(moved) ?? 0) < (calibrationError(held) ?? 0);
}

function tallied(rows: readonly LabelledScore[], threshold = 0.5): RealisedClassification {
  const tally = new RealisedClassification(threshold);
  for (const [score, label] of rows) tally.add(score, label);
  return tally;
}
