import { exactAreaUnderCurve, RealisedClassification, type Labelled } from '@millrace/drift';

/** How good probabilities of a class are. */
export interface ClassifierMetrics {
  /** Of the single scores; null without both classes. */
  readonly auc: number | null;
  readonly logLoss: number;
  readonly brier: number;
  /** Share of rows whose class, 1 from 0.5 on, is the label. */
  readonly accuracy: number;
}

/**
 * Metrics of probabilities between 0 and 1, as the monitor has them, but for the area under the curve, which is exact. Null
 * without rows.
 */
export function classifierMetrics(rows: readonly Labelled[]): ClassifierMetrics | null {
  const realised = new RealisedClassification();
  for (const { score, label } of rows) realised.add(score, label);
  const { log_loss: logLoss, brier, accuracy } = realised.metrics();
  if (logLoss === null || brier === null || accuracy === null) return null;
  return { auc: exactAreaUnderCurve(rows), logLoss, brier, accuracy };
}
