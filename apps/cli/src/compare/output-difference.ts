import { rankCorrelation } from './rank-correlation.ts';

/** How far two models are apart in one output, over the rows in which both gave a finite number. */
export interface OutputDifference {
  readonly rows: number;
  /** Of |a - b|. */
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Spearman's; null where one of the two gives the same to all rows. */
  readonly rankCorrelation: number | null;
  /** Share of rows whose class, from 0.5 on 1, is another; null where the output is no probability. */
  readonly flipped: number | null;
}

/** @param a as long as `b`, and neither is empty; finite numbers */
export function outputDifference(a: Float64Array, b: Float64Array): OutputDifference {
  const apart = a.map((value, i) => Math.abs(value - (b[i] as number))).sort();
  return {
    rows: a.length,
    mean: apart.reduce((sum, value) => sum + value, 0) / apart.length,
    p50: quantile(apart, 0.5),
    p90: quantile(apart, 0.9),
    p99: quantile(apart, 0.99),
    max: apart.at(-1) as number,
    rankCorrelation: rankCorrelation(a, b),
    flipped: isProbability(a) && isProbability(b) ? flipped(a, b) : null,
  };
}

export function isProbability(values: Float64Array): boolean {
  return values.every((value) => value >= 0 && value <= 1);
}

/** The smallest value that so large a share is not above. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

function flipped(a: Float64Array, b: Float64Array): number {
  return a.filter((value, i) => value >= 0.5 !== (b[i] as number) >= 0.5).length / a.length;
}
