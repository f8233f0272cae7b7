import { ESTIMATE_SIZE, countEstimate, estimatedFrom, expectedErrors } from './estimate-counts.ts';
import type { EstimatedClassification } from './estimated-classification.ts';
import { RealisedClassification } from './realised-classification.ts';
import { SCORE_BINS, scoreBin } from './score-bins.ts';
import { addAt, inUnits, sumOfUnits } from './units.ts';

const UNUSABLE_SCORES = 0;
const UNUSABLE_LABELS = 1;
const [TP, FP, TN, FN] = [2, 3, 4, 5] as const;
const LOG_LOSS = 6;
const BRIER = 7;
const NEGATIVES = 8;
const POSITIVES = NEGATIVES + SCORE_BINS;
const SCORES = POSITIVES + SCORE_BINS;
/** What CBPE said of the same rows. */
const ESTIMATE = SCORES + SCORE_BINS;

const NEAREST = 1e-15;

/** Integers per window: what the metrics on labels need, and what had been estimated of the same rows. */
export const REALISED_SIZE = ESTIMATE + ESTIMATE_SIZE;

/**
 * Counts one labelled row for `RealisedClassification`, in integers that merge by addition (sums to 2⁻²⁰ a row).
 *
 * ```ts
 * const counts = new Float64Array(REALISED_SIZE);
 * for (const [score, label] of [[0.875, 1], [0.375, 0], [0.25, 0], [0.625, 0]]) countRealised(counts, { score, c: score, label }, 0.5);
 * realisedFrom(counts).metrics().brier; // 0.15234375
 * ```
 */
export function countRealised(
  counts: Float64Array,
  { score, c, label }: { readonly score: number; readonly c: number; readonly label: number },
  threshold: number,
): void {
  const bin = scoreBin(score);
  const known = label === 0 || label === 1;
  if (!known) addAt(counts, UNUSABLE_LABELS, 1);
  if (bin === null) addAt(counts, UNUSABLE_SCORES, 1);
  if (bin === null || !known) return;
  const said = score >= threshold;
  addAt(counts, label === 1 ? (said ? TP : FN) : said ? FP : TN, 1);
  addAt(counts, LOG_LOSS, inUnits(-Math.log(Math.max(NEAREST, label === 1 ? score : 1 - score))));
  addAt(counts, BRIER, inUnits((score - label) ** 2));
  addAt(counts, (label === 1 ? POSITIVES : NEGATIVES) + bin, 1);
  addAt(counts, SCORES + bin, inUnits(score));
  countEstimate(counts.subarray(ESTIMATE), score, c, threshold);
}

/** What was counted, as the metrics that it is for. */
export function realisedFrom(counts: ArrayLike<number>): RealisedClassification {
  const at = (place: number): number => counts[place] ?? 0;
  const bins = (from: number): readonly number[] => Array.from({ length: SCORE_BINS }, (_, bin) => at(from + bin));
  const realised = new RealisedClassification();
  realised.merge({
    unusableScores: at(UNUSABLE_SCORES),
    unusableLabels: at(UNUSABLE_LABELS),
    confusion: { tp: at(TP), fp: at(FP), tn: at(TN), fn: at(FN) },
    positives: bins(POSITIVES),
    negatives: bins(NEGATIVES),
    scores: bins(SCORES).map(sumOfUnits),
    logLoss: sumOfUnits(at(LOG_LOSS)),
    brier: sumOfUnits(at(BRIER)),
  });
  return realised;
}

/** What had been estimated of the rows that have a label. */
export function estimatedOfLabelled(counts: ArrayLike<number>): EstimatedClassification {
  return estimatedFrom(estimateIn(counts));
}

/** How many of the labelled rows had been expected to be wrong, and how many right. */
export function expectedOfLabelled(counts: ArrayLike<number>): readonly [wrong: number, right: number] {
  return expectedErrors(estimateIn(counts));
}

function estimateIn(counts: ArrayLike<number>): readonly number[] {
  return Array.from(counts).slice(ESTIMATE);
}

/** How many labelled rows were wrong, and how many right. */
export function realisedErrors(counts: ArrayLike<number>): readonly [wrong: number, right: number] {
  const at = (place: number): number => counts[place] ?? 0;
  return [at(FP) + at(FN), at(TP) + at(TN)];
}
