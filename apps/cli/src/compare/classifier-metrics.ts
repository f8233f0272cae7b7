import { areaUnderCurve, RealisedClassification } from '@millrace/drift';

/** A row whose truth came. */
export interface Labelled {
  readonly score: number;
  /** 1 or 0. */
  readonly label: number;
}

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
 * Metrics of probabilities between 0 and 1, as the monitor has them, but for the area under the curve: two models may be
 * closer to each other than its bins are wide. Null without rows.
 */
export function classifierMetrics(rows: readonly Labelled[]): ClassifierMetrics | null {
  const realised = new RealisedClassification();
  for (const { score, label } of rows) realised.add(score, label);
  const { log_loss: logLoss, brier, accuracy } = realised.metrics();
  if (logLoss === null || brier === null || accuracy === null) return null;
  return { auc: exactArea(rows), logLoss, brier, accuracy };
}

/** A bin for every distinct score. */
function exactArea(rows: readonly Labelled[]): number | null {
  const bins = Map.groupBy(
    rows.toSorted((a, b) => a.score - b.score),
    ({ score }) => score,
  );
  const positives = [...bins.values()].map((bin) => bin.filter(({ label }) => label === 1).length);
  return areaUnderCurve(
    positives,
    [...bins.values()].map((bin, i) => bin.length - (positives[i] as number)),
  );
}
