import { ExactSum, type ExactSumState } from '@millrace/core';

/** Numbers are counted as whole units: sums of them are integers, exact for billions of rows, in any order. */
const UNITS = 2 ** 20;

/**
 * A number as a whole count of units of 2⁻²⁰.
 *
 * ```ts
 * inUnits(0.25); // 262144
 * ```
 */
export function inUnits(value: number): number {
  return Math.round(value * UNITS);
}

/** What was counted, as a number. */
export function fromUnits(units: number): number {
  return units / UNITS;
}

/** The same, as the state of an exact sum. */
export function sumOfUnits(units: number): ExactSumState {
  return new ExactSum().add(fromUnits(units)).toJSON();
}

export function addAt(counts: Float64Array, place: number, count: number): void {
  counts[place] = (counts[place] as number) + count;
}
