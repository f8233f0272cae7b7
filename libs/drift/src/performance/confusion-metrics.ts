/** Predictions by what they said and what was true, as counts or expected counts. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** Each null where it is 0 / 0. */
export interface ConfusionMetrics {
  readonly accuracy: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/**
 * Accuracy, precision, recall and F1 of a confusion matrix.
 *
 * Source: van Rijsbergen, Information Retrieval (1979), for F1.
 *
 * ```ts
 * confusionMetrics({ tp: 3, fp: 1, tn: 4, fn: 2 }); // { accuracy: 0.7, precision: 0.75, recall: 0.6, f1: 0.6666… }
 * ```
 */
export function confusionMetrics({ tp, fp, tn, fn }: Confusion): ConfusionMetrics {
  return {
    accuracy: share(tp + tn, tp + fp + tn + fn),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
  };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
