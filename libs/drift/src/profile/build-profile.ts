import { AppError } from '@millrace/core';

import { validate, type ValidationPerformance } from '../performance/validation-performance.ts';
import type { WindowSetting } from '../window/window-setting.ts';
import { categoricalBins, numericBins, type Bins } from './bins.ts';
import { decileEdges } from './deciles.ts';
import { hourlyCounts } from './hourly-counts.ts';
import { ownWindows, type TimedRow } from './own-psi.ts';
import {
  PROFILE_FORMAT,
  type CategoricalReference,
  type NumericReference,
  type ReferenceProfile,
} from './reference-profile.ts';
import { signalTable } from './watched-signals.ts';

const COMMONEST = 50;

/** A row of the training sample as the model sees it, with the model's answer. */
export interface SampleRow {
  /** Event time, epoch milliseconds; null where the sample has none. */
  readonly at: number | null;
  /** Null where it is not known. */
  readonly label: number | null;
  /** Float32 values, NaN for null. */
  readonly vector: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
}

export interface ProfileSubject {
  readonly model: string;
  readonly version: string;
  /** In the vector's order; `categories` where the feature is an index into such a list. */
  readonly features: readonly {
    readonly name: string;
    readonly categories: CategoricalReference['categories'] | null;
  }[];
  readonly outputs: readonly string[];
  /** The monitor's windows, by which the reference's own are cut. */
  readonly window: WindowSetting;
  /** Whether windows are compared with their own hours of the week. */
  readonly seasonal?: boolean;
}

/**
 * The reference profile of a model version from its sample.
 *
 * @throws AppError `INPUT_INVALID` where there are no rows, or hours are wanted and no row has a time
 */
export function buildProfile(subject: ProfileSubject, rows: readonly SampleRow[]): ReferenceProfile {
  if (rows.length === 0) throw new AppError('INPUT_INVALID', 'the sample has no rows; a profile needs some thousands.');
  const features = subject.features.map(({ name, categories }, i) => {
    const values = rows.map(({ vector }) => vector[i] ?? Number.NaN);
    return categories === null ? numeric(name, values) : categorical(name, categories, values);
  });
  const outputs = subject.outputs.map((name, i) =>
    numeric(
      name,
      rows.map((row) => row.outputs[i] ?? Number.NaN),
    ),
  );
  const table = signalTable({ features, outputs });
  const timed = rows.filter((row): row is SampleRow & TimedRow => row.at !== null);
  if (subject.seasonal && timed.length === 0)
    throw new AppError(
      'INPUT_INVALID',
      'no row of the sample has a time, and monitor.seasonal needs the hour of each. Add a column `at`, or set monitor.seasonal to false.',
    );
  return {
    format: PROFILE_FORMAT,
    model: subject.model,
    version: subject.version,
    rows: rows.length,
    ...range(timed),
    labels: labels(rows),
    performance: performanceOf(rows),
    features,
    outputs,
    own: timed.length === 0 ? null : ownWindows(timed, table, subject.window),
    ...(subject.seasonal && { hours: hourlyCounts(timed, table, subject.window.zone) }),
  };
}

function numeric(name: string, values: readonly number[]): NumericReference {
  const finite = Float64Array.from(values.filter(Number.isFinite)).toSorted();
  const edges = decileEdges(finite);
  const counts = countInto(numericBins(edges), values);
  const [missing, nonFinite] = counts.splice(edges.length + 1) as [number, number];
  const means = binMeans(finite, counts, edges);
  return { kind: 'numeric', name, edges, counts, means, missing, non_finite: nonFinite, ...statistics(finite) };
}

/** @param ascending what the counts count */
function binMeans(ascending: Float64Array, counts: readonly number[], edges: readonly number[]): readonly number[] {
  if (ascending.length === 0) return [];
  let from = 0;
  return counts.map((count, bin) => {
    const values = ascending.subarray(from, (from += count));
    return count === 0
      ? (edges[Math.max(0, bin - 1)] as number)
      : values.reduce((sum, value) => sum + value, 0) / count;
  });
}

function statistics(ascending: Float64Array): Pick<NumericReference, 'min' | 'max' | 'mean' | 'sd'> {
  const n = ascending.length;
  if (n === 0) return { min: null, max: null, mean: null, sd: null };
  const mean = ascending.reduce((sum, value) => sum + value, 0) / n;
  const squares = ascending.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { min: ascending[0] as number, max: ascending[n - 1] as number, mean, sd: Math.sqrt(squares / n) };
}

function categorical(
  name: string,
  categories: CategoricalReference['categories'],
  values: readonly number[],
): CategoricalReference {
  const all = countInto(categoricalBins(categories, [...categories.keys()]), values);
  const seen = [...categories.keys()].filter((index) => (all[index] as number) > 0);
  const commonest = seen.toSorted((a, b) => (all[b] as number) - (all[a] as number) || a - b).slice(0, COMMONEST);
  const counts = countInto(categoricalBins(categories, commonest), values);
  const [other, unseen, missing] = counts.splice(commonest.length) as [number, number, number];
  return { kind: 'categorical', name, categories, values: commonest, counts, other, unseen, missing };
}

function countInto(bins: Bins, values: readonly number[]): number[] {
  const counts = Array.from({ length: bins.size }, () => 0);
  for (const value of values) {
    const bin = bins.indexOf(value);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

function range(timed: readonly TimedRow[]): Pick<ReferenceProfile, 'from' | 'to'> {
  if (timed.length === 0) return { from: null, to: null };
  const times = timed.map(({ at }) => at).toSorted((a, b) => a - b);
  return { from: new Date(times[0] as number).toISOString(), to: new Date(times.at(-1) as number).toISOString() };
}

/**
 * The first row with a label that cannot be right or wrong: it is no class, or the first output no probability; -1: each can. Where
 * there is one, the profile has no `performance`.
 */
export function unusableRow(rows: readonly SampleRow[]): number {
  return rows.findIndex(
    ({ label, outputs }) => label !== null && !((label === 0 || label === 1) && isProbability(outputs[0])),
  );
}

function isProbability(score = Number.NaN): boolean {
  return score >= 0 && score <= 1;
}

function performanceOf(rows: readonly SampleRow[]): ValidationPerformance | null {
  if (unusableRow(rows) >= 0) return null;
  return validate(rows.flatMap(({ outputs, label }) => (label === null ? [] : [[outputs[0] ?? Number.NaN, label]])));
}

function labels(rows: readonly SampleRow[]): ReferenceProfile['labels'] {
  const known = rows.flatMap(({ label }) => label ?? []);
  if (known.length === 0) return null;
  return { rows: known.length, mean: known.reduce((sum, label) => sum + label, 0) / known.length };
}
