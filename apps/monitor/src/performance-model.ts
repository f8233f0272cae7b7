import {
  calibrated,
  countEstimate,
  countRealised,
  countRegression,
  ESTIMATE_SIZE,
  REALISED_SIZE,
  REGRESSION_SIZE,
  type CalibrationMap,
  type ReferenceProfile,
  type ValidationErrors,
} from '@millrace/drift';

/** How the first output of a model is measured against labels. */
export type PerformanceModel =
  | {
      readonly kind: 'classification';
      /** Scores from here on are predicted 1. */
      readonly threshold: number;
      readonly calibration: CalibrationMap | null;
      /** On the validation sample; null where the profile has no labels. */
      readonly validation: ValidationErrors | null;
    }
  | {
      readonly kind: 'regression';
      /** What errors are counted in. */
      readonly scale: number;
    };

/** A probability, unless the sample's labels are no classes, or scores lie outside [0, 1]. */
export function performanceModel({ performance, labels, outputs }: ReferenceProfile): PerformanceModel {
  const [score] = outputs;
  const isProbability = (score?.min ?? 0) >= 0 && (score?.max ?? 1) <= 1;
  const hasOtherLabels = performance === null && labels !== null;
  if (!performance && (hasOtherLabels || !isProbability)) return { kind: 'regression', scale: score?.sd || 1 };
  const validation = performance ?? null;
  return {
    kind: 'classification',
    threshold: validation?.threshold ?? 0.5,
    calibration: validation?.calibration ?? null,
    validation,
  };
}

/** Integers per window that are counted beside a window's features: for the estimate, and for the labels. */
export function performanceSizes({ kind }: PerformanceModel): { readonly rows: number; readonly labels: number } {
  return kind === 'classification'
    ? { rows: ESTIMATE_SIZE, labels: REALISED_SIZE }
    : { rows: 0, labels: REGRESSION_SIZE };
}

/** Counts a prediction whose outcome is not known. */
export function countUnlabelled(counts: Float64Array, score: number, model: PerformanceModel): void {
  if (model.kind === 'classification') countEstimate(counts, score, probability(score, model), model.threshold);
}

/** Counts a prediction with its label. */
export function countLabelled(counts: Float64Array, score: number, label: number, model: PerformanceModel): void {
  if (model.kind === 'regression') countRegression(counts, score, label, model.scale);
  else countRealised(counts, { score, c: probability(score, model), label }, model.threshold);
}

function probability(score: number, { calibration }: Extract<PerformanceModel, { kind: 'classification' }>): number {
  return calibration === null ? score : calibrated(calibration, score);
}
