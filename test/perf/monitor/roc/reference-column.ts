import { FEATURES, REFERENCE_ROWS, type RowSource } from '../row-source.ts';

/** What others keep of a feature's reference: its values, and equally wide bins. */
export interface ReferenceColumn {
  /** Ascending. */
  readonly values: Float64Array;
  /** Of the values before each, and of all behind the last. */
  readonly sums: Float64Array;
  /** Of the population. */
  readonly sd: number;
  readonly bins: EqualBins & { readonly counts: readonly number[] };
}

/** From the least value to the largest. */
export interface EqualBins {
  readonly min: number;
  readonly max: number;
  readonly size: number;
}

/** Of the first rows of a source, by feature. */
export function referenceColumns(source: RowSource): readonly ReferenceColumn[] {
  const rows = Array.from({ length: REFERENCE_ROWS }, () => source.next().slice());
  return Array.from({ length: FEATURES }, (_, i) =>
    referenceColumn(Float64Array.from(rows, (row) => row[i] as number)),
  );
}

/**
 * Equally wide bins from the least value to the largest, as many as Doane's rule says of the values: NumPy's `bins='doane'`,
 * which NannyML takes.
 *
 * Source: Doane, Aesthetic Frequency Classifications (1976).
 */
function referenceColumn(column: Float64Array): ReferenceColumn {
  const values = column.toSorted();
  const n = values.length;
  const moment = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / n;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sums = new Float64Array(n + 1);
  values.forEach((value, i) => (sums[i + 1] = (sums[i] as number) + value));
  const sd = Math.sqrt(moment(2));
  const skewness = Math.abs(moment(3)) / sd ** 3;
  const expected = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const size = Math.ceil(1 + Math.log2(n) + Math.log2(1 + skewness / expected));
  const bins = { min: values[0] as number, max: values[n - 1] as number, size };
  return { values, sums, sd, bins: { ...bins, counts: onBins(values, bins) } };
}

/** Counts on equally wide bins, the last one closed; behind them how many values lie outside. */
export function onBins(values: Float64Array, { min, max, size }: EqualBins): number[] {
  const counts = Array.from({ length: size + 1 }, () => 0);
  for (const value of values) {
    const outside = value < min || value > max;
    const bin = outside ? size : Math.min(size - 1, Math.floor(((value - min) / (max - min)) * size));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
