import { ExactSum, type ExactSumState } from '@millrace/core';

import { areaUnderCurve } from './area-under-curve.ts';
import { confusionMetrics, type Confusion, type ConfusionMetrics } from './confusion-metrics.ts';
import { SCORE_BINS, scoreBin } from './score-bins.ts';

/** An estimate with the band that the truth lies in but for chance: 3 sampling errors to either side, within [0, 1]. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A metric is null where it has no value: no row, or none of a class. */
export type EstimatedMetrics = Readonly<Record<keyof ConfusionMetrics | 'auc', Estimate | null>>;

/** JSON as it is. */
export interface EstimatedState {
  /** Scores that are no probability: they count nowhere else. */
  readonly unusable: number;
  /** Rows predicted 0, and 1. */
  readonly rows: readonly [number, number];
  /** Σ c and Σ c (1 − c) of each. */
  readonly positives: readonly [ExactSumState, ExactSumState];
  readonly variances: readonly [ExactSumState, ExactSumState];
  /** Rows and Σ c by score bin. */
  readonly binRows: readonly number[];
  readonly binPositives: readonly ExactSumState[];
}

/**
 * Confidence-based performance estimation: what a classifier's metrics are before any label has come, if its calibrated
 * probabilities c are right. A row predicted 1 is a true positive with probability c, and so on. O(bins) state; merging
 * in any order gives the same.
 *
 * Source: Garg et al., Leveraging Unlabeled Data to Predict Out-of-Distribution Performance (2022); NannyML's CBPE.
 * Sampling errors: rows are independent with variance c (1 − c); Hanley and McNeil (1982) for AUC.
 *
 * ```ts
 * const estimated = new EstimatedClassification();
 * for (const c of [0.1, 0.4, 0.35, 0.8]) estimated.add(c, c);
 * estimated.metrics().accuracy.value; // 0.7375
 * ```
 */
export class EstimatedClassification {
  #unusable = 0;
  readonly #rows: [number, number] = [0, 0];
  readonly #positives = [new ExactSum(), new ExactSum()] as const;
  readonly #variances = [new ExactSum(), new ExactSum()] as const;
  readonly #binRows: number[] = Array.from({ length: SCORE_BINS }, () => 0);
  readonly #binPositives = Array.from({ length: SCORE_BINS }, () => new ExactSum());
  readonly #threshold: number;

  /** @param threshold scores from here on are predicted 1 */
  constructor(threshold = 0.5) {
    this.#threshold = threshold;
  }

  /** @param c the probability that the score stands for */
  add(score: number, c: number): void {
    const bin = scoreBin(score);
    if (bin === null || scoreBin(c) === null) {
      this.#unusable++;
      return;
    }
    const said = score >= this.#threshold ? 1 : 0;
    this.#rows[said]++;
    this.#positives[said].add(c);
    this.#variances[said].add(c * (1 - c));
    this.#binRows[bin] = (this.#binRows[bin] as number) + 1;
    this.#binPositives[bin]?.add(c);
  }

  /** Adds all that another has counted, as JSON. */
  merge(state: EstimatedState): void {
    this.#unusable += state.unusable;
    for (const said of [0, 1] as const) {
      this.#rows[said] += state.rows[said];
      this.#positives[said].merge(ExactSum.from(state.positives[said]));
      this.#variances[said].merge(ExactSum.from(state.variances[said]));
    }
    state.binRows.forEach((rows, bin) => (this.#binRows[bin] = (this.#binRows[bin] as number) + rows));
    state.binPositives.forEach((sum, bin) => this.#binPositives[bin]?.merge(ExactSum.from(sum)));
  }

  toJSON(): EstimatedState {
    const states = ([no, yes]: readonly [ExactSum, ExactSum]) => [no.toJSON(), yes.toJSON()] as const;
    return {
      unusable: this.#unusable,
      rows: [...this.#rows],
      positives: states(this.#positives),
      variances: states(this.#variances),
      binRows: [...this.#binRows],
      binPositives: this.#binPositives.map((sum) => sum.toJSON()),
    };
  }

  /** Scores that were no probability. */
  get unusable(): number {
    return this.#unusable;
  }

  confusion(): Confusion {
    const [fn, tp] = this.#positives.map((sum) => sum.value()) as [number, number];
    return { tp, fp: this.#rows[1] - tp, tn: this.#rows[0] - fn, fn };
  }

  metrics(): EstimatedMetrics {
    const confusion = this.confusion();
    const { accuracy, precision, recall, f1 } = confusionMetrics(confusion);
    const { tp, fp, tn, fn } = confusion;
    const [ofNo, ofYes] = this.#variances.map((sum) => sum.value()) as [number, number];
    const spread = (byTp: number, byFn: number): number => Math.sqrt(byTp ** 2 * ofYes + byFn ** 2 * ofNo);
    const [n, all] = [tp + fn, tp + fp + tn + fn];
    const size = 2 * tp + fp + fn;
    return {
      auc: this.#auc(n, all - n),
      accuracy: banded(accuracy, spread(1 / all, 1 / all)),
      precision: banded(precision, spread(1 / (tp + fp), 0)),
      recall: banded(recall, spread(fn / n ** 2, tp / n ** 2)),
      f1: banded(f1, spread((2 * (size - tp)) / size ** 2, (2 * tp) / size ** 2)),
    };
  }

  #auc(positives: number, negatives: number): Estimate | null {
    const expected = this.#binPositives.map((sum) => sum.value());
    const a = areaUnderCurve(
      expected,
      expected.map((count, bin) => (this.#binRows[bin] as number) - count),
    );
    if (a === null) return null;
    const both = (positives - 1) * (a / (2 - a) - a * a) + (negatives - 1) * ((2 * a * a) / (1 + a) - a * a);
    return banded(a, Math.sqrt(Math.max(0, a * (1 - a) + both) / (positives * negatives)));
  }
}

/** Where the error itself has no value, anything is possible. */
function banded(value: number | null, error: number): Estimate | null {
  if (value === null) return null;
  if (!Number.isFinite(error)) return { value, low: 0, high: 1 };
  return { value, low: Math.max(0, value - 3 * error), high: Math.min(1, value + 3 * error) };
}
