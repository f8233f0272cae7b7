import { EstimatedClassification } from './estimated-classification.ts';
import { SCORE_BINS, scoreBin } from './score-bins.ts';
import { addAt, inUnits, fromUnits, sumOfUnits } from './units.ts';

const UNUSABLE = 0;
/** Of rows predicted 0, and behind them of those predicted 1. */
const ROWS = 1;
const POSITIVES = 3;
const VARIANCES = 5;
const BIN_ROWS = 7;
const BIN_POSITIVES = BIN_ROWS + SCORE_BINS;

/** Integers per window: what CBPE needs, ready to be added up. */
export const ESTIMATE_SIZE = BIN_POSITIVES + SCORE_BINS;

/**
 * Counts one row for `EstimatedClassification`, in integers that merge by addition (probabilities to 2⁻²⁰).
 *
 * ```ts
 * const counts = new Float64Array(ESTIMATE_SIZE);
 * for (const c of [0.125, 0.375, 0.375, 0.75]) countEstimate(counts, c, c, 0.5);
 * estimatedFrom(counts).metrics().accuracy.value; // 0.71875
 * ```
 *
 * @param c the probability that the score stands for
 * @param threshold scores from here on are predicted 1
 */
export function countEstimate(counts: Float64Array, score: number, c: number, threshold: number): void {
  const bin = scoreBin(score);
  if (bin === null || scoreBin(c) === null) {
    addAt(counts, UNUSABLE, 1);
    return;
  }
  const said = score >= threshold ? 1 : 0;
  const units = inUnits(c);
  addAt(counts, ROWS + said, 1);
  addAt(counts, POSITIVES + said, units);
  addAt(counts, VARIANCES + said, inUnits(c * (1 - c)));
  addAt(counts, BIN_ROWS + bin, 1);
  addAt(counts, BIN_POSITIVES + bin, units);
}

/** What was counted, as the estimate that it is for. */
export function estimatedFrom(counts: ArrayLike<number>): EstimatedClassification {
  const at = (place: number): number => counts[place] ?? 0;
  const pair = (place: number) => [sumOfUnits(at(place)), sumOfUnits(at(place + 1))] as const;
  const bins = (from: number): readonly number[] => Array.from({ length: SCORE_BINS }, (_, bin) => at(from + bin));
  const estimated = new EstimatedClassification();
  estimated.merge({
    unusable: at(UNUSABLE),
    rows: [at(ROWS), at(ROWS + 1)],
    positives: pair(POSITIVES),
    variances: pair(VARIANCES),
    binRows: bins(BIN_ROWS),
    binPositives: bins(BIN_POSITIVES).map(sumOfUnits),
  });
  return estimated;
}

/** How many rows are expected to be wrong, and how many right. */
export function expectedErrors(counts: ArrayLike<number>): readonly [wrong: number, right: number] {
  const at = (place: number): number => counts[place] ?? 0;
  const rows = at(ROWS) + at(ROWS + 1);
  const wrong = at(ROWS + 1) - fromUnits(at(POSITIVES + 1)) + fromUnits(at(POSITIVES));
  return [wrong, rows - wrong];
}
