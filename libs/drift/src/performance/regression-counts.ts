import { RealisedRegression } from './realised-regression.ts';
import { addAt, inUnits, sumOfUnits } from './units.ts';

const [ROWS, UNUSABLE, ERRORS, ABSOLUTE, SQUARES] = [0, 1, 2, 3, 4] as const;
/** In scales: an error beyond counts as this much, so that no sum outgrows its integer. */
const LARGEST = 32;

/** Integers per window. */
export const REGRESSION_SIZE = 5;

/**
 * Counts one labelled row for `RealisedRegression`, in integers that merge by addition: errors in units of 2⁻²⁰ of a
 * scale, such as the standard deviation of the predictions; one of more than 32 scales counts as 32.
 *
 * ```ts
 * const counts = new Float64Array(REGRESSION_SIZE);
 * countRegression(counts, 3, 1, 2);
 * countRegression(counts, 5, 9, 2);
 * regressionFrom(counts, 2).metrics().mae; // 3
 * ```
 */
export function countRegression(counts: Float64Array, prediction: number, label: number, scale: number): void {
  const scaled = (prediction - label) / scale;
  if (!Number.isFinite(scaled)) return addAt(counts, UNUSABLE, 1);
  const error = Math.max(-LARGEST, Math.min(LARGEST, scaled));
  addAt(counts, ROWS, 1);
  addAt(counts, ERRORS, inUnits(error));
  addAt(counts, ABSOLUTE, inUnits(Math.abs(error)));
  addAt(counts, SQUARES, inUnits(error * error));
}

/** What was counted, as the metrics that it is for. */
export function regressionFrom(counts: ArrayLike<number>, scale: number): RealisedRegression {
  const at = (place: number): number => counts[place] ?? 0;
  const realised = new RealisedRegression();
  realised.merge({
    rows: at(ROWS),
    unusable: at(UNUSABLE),
    errors: sumOfUnits(at(ERRORS) * scale),
    absolute: sumOfUnits(at(ABSOLUTE) * scale),
    squares: sumOfUnits(at(SQUARES) * scale * scale),
  });
  return realised;
}
