import { ExactSum, type ExactSumState } from '@millrace/core';

import { areaUnderCurve } from './area-under-curve.ts';
import { calibrationError, type ScoredBin } from './calibration-error.ts';
import { confusionMetrics, type Confusion, type ConfusionMetrics } from './confusion-metrics.ts';
import { SCORE_BINS, scoreBin } from './score-bins.ts';

/** Scores nearer to 0 and 1 than this are taken for it: one confident mistake does not make the mean infinite. */
const NEAREST = 1e-15;

/** Null where it has no value: no row, or none of a class. */
export interface RealisedMetrics extends ConfusionMetrics {
  readonly rows: number;
  /** From the score bins; those of one bin count half. */
  readonly auc: number | null;
  /** The AUC of the single scores differs from that of the bins by at most this. */
  readonly auc_within: number | null;
  readonly log_loss: number | null;
  readonly brier: number | null;
  /** Expected calibration error over the score bins. */
  readonly calibration_error: number | null;
}

/** JSON as it is. */
export interface RealisedState {
  readonly unusableScores: number;
  readonly unusableLabels: number;
  readonly confusion: Confusion;
  /** By score bin. */
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  readonly scores: readonly ExactSumState[];
  readonly logLoss: ExactSumState;
  readonly brier: ExactSumState;
}

/**
 * What a classifier's scores were worth, now that labels are known. Bounded state; merging in any order gives the same.
 *
 * Source: Good, Rational Decisions (1952), for log loss; Brier (1950).
 *
 * ```ts
 * const realised = new RealisedClassification();
 * for (const [score, label] of [[0.9, 1], [0.4, 0], [0.2, 0], [0.6, 0]]) realised.add(score, label);
 * realised.metrics().brier; // 0.1425
 * ```
 */
export class RealisedClassification {
  #unusableScores = 0;
  #unusableLabels = 0;
  #confusion = { tp: 0, fp: 0, tn: 0, fn: 0 };
  readonly #positives: number[] = Array.from({ length: SCORE_BINS }, () => 0);
  readonly #negatives: number[] = Array.from({ length: SCORE_BINS }, () => 0);
  readonly #scores = Array.from({ length: SCORE_BINS }, () => new ExactSum());
  readonly #logLoss = new ExactSum();
  readonly #brier = new ExactSum();
  readonly #threshold: number;

  /** @param threshold scores from here on are predicted 1 */
  constructor(threshold = 0.5) {
    this.#threshold = threshold;
  }

  /** A score that is no probability, and a label that is neither 0 nor 1, are counted as unusable and nowhere else. */
  add(score: number, label: number): void {
    const bin = scoreBin(score);
    const known = label === 0 || label === 1;
    if (!known) this.#unusableLabels++;
    if (bin === null) this.#unusableScores++;
    if (bin === null || !known) return;
    const said = score >= this.#threshold;
    this.#confusion[label === 1 ? (said ? 'tp' : 'fn') : said ? 'fp' : 'tn']++;
    const counts = label === 1 ? this.#positives : this.#negatives;
    counts[bin] = (counts[bin] as number) + 1;
    this.#scores[bin]?.add(score);
    this.#logLoss.add(-Math.log(Math.max(NEAREST, label === 1 ? score : 1 - score)));
    this.#brier.add((score - label) ** 2);
  }

  /** Adds all that another has counted, as JSON. */
  merge(state: RealisedState): void {
    this.#unusableScores += state.unusableScores;
    this.#unusableLabels += state.unusableLabels;
    for (const cell of ['tp', 'fp', 'tn', 'fn'] as const) this.#confusion[cell] += state.confusion[cell];
    state.positives.forEach((count, bin) => (this.#positives[bin] = (this.#positives[bin] as number) + count));
    state.negatives.forEach((count, bin) => (this.#negatives[bin] = (this.#negatives[bin] as number) + count));
    state.scores.forEach((sum, bin) => this.#scores[bin]?.merge(ExactSum.from(sum)));
    this.#logLoss.merge(ExactSum.from(state.logLoss));
    this.#brier.merge(ExactSum.from(state.brier));
  }

  toJSON(): RealisedState {
    return {
      unusableScores: this.#unusableScores,
      unusableLabels: this.#unusableLabels,
      confusion: { ...this.#confusion },
      positives: [...this.#positives],
      negatives: [...this.#negatives],
      scores: this.#scores.map((sum) => sum.toJSON()),
      logLoss: this.#logLoss.toJSON(),
      brier: this.#brier.toJSON(),
    };
  }

  /** What the score bins hold: for a calibration map. */
  bins(): readonly ScoredBin[] {
    return this.#positives.map((positives, bin) => {
      const rows = positives + (this.#negatives[bin] as number);
      return { rows, positives, meanScore: rows === 0 ? 0 : (this.#scores[bin] as ExactSum).value() / rows };
    });
  }

  metrics(): RealisedMetrics {
    const rows = Object.values(this.#confusion).reduce((sum, count) => sum + count, 0);
    const mean = (sum: ExactSum): number | null => (rows === 0 ? null : sum.value() / rows);
    const ties = this.#positives.map((count, bin) => (count * (this.#negatives[bin] as number)) / 2);
    const positives = this.#confusion.tp + this.#confusion.fn;
    const auc = areaUnderCurve(this.#positives, this.#negatives);
    return {
      rows,
      auc,
      auc_within: auc === null ? null : ties.reduce((sum, pairs) => sum + pairs, 0) / (positives * (rows - positives)),
      log_loss: mean(this.#logLoss),
      brier: mean(this.#brier),
      calibration_error: calibrationError(this.bins()),
      ...confusionMetrics(this.#confusion),
    };
  }
}
