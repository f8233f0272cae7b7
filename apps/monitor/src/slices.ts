import { confusionMetrics, regressionFrom, type ReferenceProfile } from '@millrace/drift';

import type { PerformanceModel } from './performance-model.ts';

/** A categorical feature by whose values performance is kept apart. */
export interface Slice {
  readonly name: string;
  /** Position in the vector. */
  readonly feature: number;
  /** The first values of the pipeline's list; all others are `other`. */
  readonly values: readonly string[];
}

/** Values of a slice that are kept apart, so that a window stays small. */
const MOST_VALUES = 20;

/** Per value: predictions whose outcome was waited for, those with a label, and what the metrics are made of. */
const WIDTH = 6;
const [PREDICTED, LABELLED, FIRST] = [0, 1, 2] as const;
/** Of what `countRealised` and `countRegression` count, the places that a slice keeps. */
const KEPT = { classification: [2, 3, 4, 5], regression: [2, 3, 4] } as const;

export function slicesOf(names: readonly string[], { features }: ReferenceProfile): readonly Slice[] {
  return names.flatMap((name) => {
    const feature = features.findIndex((signal) => signal.name === name);
    const signal = features[feature];
    if (signal?.kind !== 'categorical') return [];
    return [{ name, feature, values: signal.categories.slice(0, MOST_VALUES).map(String) }];
  });
}

export function sliceSize({ values }: Slice): number {
  return WIDTH * (values.length + 1);
}

/** Where the counts of a row's value begin. */
function placeOf({ feature, values }: Slice, vector: ArrayLike<number>): number {
  const value = vector[feature] ?? Number.NaN;
  return WIDTH * (value >= 0 && value < values.length ? value : values.length);
}

/** @param count 1, or −1 for one whose outcome is no longer waited for */
export function countSlice(slice: Slice, counts: Float64Array, vector: ArrayLike<number>, count: number): void {
  addAt(counts, placeOf(slice, vector) + PREDICTED, count);
}

/** @param row what the row adds to the counts of all */
export function countSliceLabel(
  slice: Slice,
  counts: Float64Array,
  vector: ArrayLike<number>,
  row: Float64Array,
  { kind }: PerformanceModel,
): void {
  const place = placeOf(slice, vector);
  addAt(counts, place + LABELLED, 1);
  KEPT[kind].forEach((from, i) => addAt(counts, place + FIRST + i, row[from] as number));
}

/** How the predictions of one value did. */
export interface SliceReport {
  readonly matured: number;
  readonly labelled: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** By value, those that were predicted at all. */
export function sliceReport(
  { values }: Slice,
  counts: readonly number[],
  model: PerformanceModel,
): Readonly<Record<string, SliceReport>> {
  const found = [...values, 'other'].flatMap((value, i) => {
    const [matured = 0, labelled = 0, ...rest] = counts.slice(WIDTH * i, WIDTH * (i + 1));
    const metrics = metricsOf(labelled, rest, model);
    return matured === 0 && labelled === 0 ? [] : [[value, { matured, labelled, metrics }] as const];
  });
  return Object.fromEntries(found);
}

function metricsOf(labelled: number, rest: readonly number[], model: PerformanceModel): SliceReport['metrics'] {
  const [a = 0, b = 0, c = 0, d = 0] = rest;
  if (model.kind === 'regression') return { ...regressionFrom([labelled, 0, a, b, c], model.scale).metrics() };
  return { ...confusionMetrics({ tp: a, fp: b, tn: c, fn: d }) };
}

function addAt(counts: Float64Array, place: number, count: number): void {
  counts[place] = (counts[place] as number) + count;
}
