import { categoricalBins, numericBins, type Bins } from './bins.ts';
import type { ProfileSubject } from './build-profile.ts';
import {
  PROFILE_FORMAT,
  type CategoricalReference,
  type NumericReference,
  type ReferenceProfile,
  type SignalStatistics,
} from './reference-profile.ts';
import { missingOf, nonFiniteOf, valuesOf, type SketchCounts } from './value-sketch.ts';
import type { SignalTable } from './watched-signals.ts';

const COMMONEST = 50;

type Values = ReturnType<typeof valuesOf>;

/** Rows of which only sketches are known, features first, then outputs. */
export interface SketchedRows {
  readonly rows: number;
  /** Event time, epoch milliseconds: from the start of their first window to the end of their last. */
  readonly from: number;
  readonly to: number;
  readonly sketches: readonly SketchCounts[];
}

/** The reference of a version that brought none, from live rows: as a profile from a sample, without labels and own windows. */
export function sketchedProfile(
  subject: Omit<ProfileSubject, 'window' | 'seasonal'>,
  { rows, from, to, sketches }: SketchedRows,
): ReferenceProfile {
  const features = subject.features.map(({ name, categories }, i) =>
    categories === null ? numeric(name, sketches[i] ?? []) : categorical(name, categories, sketches[i] ?? []),
  );
  const outputs = subject.outputs.map((name, i) => numeric(name, sketches[features.length + i] ?? []));
  return {
    format: PROFILE_FORMAT,
    source: 'live',
    model: subject.model,
    version: subject.version,
    rows,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    labels: null,
    performance: null,
    features,
    outputs,
    own: null,
  };
}

/** What a sketched window counts on the bins of such a profile, and its values beyond the range, as `WindowCounts` has them. */
export function sketchesOnBins(sketches: readonly SketchCounts[], { slots }: SignalTable) {
  const counts = slots.map(({ bins }, slot) => onBins(bins, sketches[slot] ?? []));
  const outside = slots.flatMap(({ range }, slot) => {
    const values = range ? valuesOf(sketches[slot] ?? []) : [];
    const [min, max] = range ?? [0, 0];
    return [sum(values.filter(([value]) => value < min)), sum(values.filter(([value]) => value > max))];
  });
  return { counts, outside };
}

function numeric(name: string, sketch: SketchCounts): NumericReference {
  const values = valuesOf(sketch);
  const edges = decilesOf(values);
  const bins = numericBins(edges);
  const counts = onBins(bins, sketch);
  const [missing, nonFinite] = counts.splice(edges.length + 1) as [number, number];
  const sums = counts.map(() => 0);
  for (const [value, count] of values) {
    const bin = bins.indexOf(value);
    sums[bin] = (sums[bin] as number) + value * count;
  }
  const means = counts.map((count, bin) => (count === 0 ? edges[Math.max(0, bin - 1)] : (sums[bin] as number) / count));
  const known = values.length === 0 ? [] : (means as number[]);
  return { kind: 'numeric', name, edges, counts, means: known, missing, non_finite: nonFinite, ...statistics(values) };
}

/** The least values below or at which a tenth, two tenths … of all are. */
function decilesOf(values: Values): readonly number[] {
  const all = sum(values);
  const edges: number[] = [];
  let [below, tenth] = [0, 1];
  for (const [value, count] of values) {
    below += count;
    if (tenth > 9 || below * 10 < tenth * all) continue;
    edges.push(value);
    tenth = Math.floor((below * 10) / all) + 1;
  }
  return edges;
}

function statistics(values: Values): SignalStatistics {
  const n = sum(values);
  if (n === 0) return { min: null, max: null, mean: null, sd: null };
  const mean = values.reduce((all, [value, count]) => all + value * count, 0) / n;
  const squares = values.reduce((all, [value, count]) => all + (value - mean) ** 2 * count, 0);
  return { min: values[0]?.[0] ?? null, max: values.at(-1)?.[0] ?? null, mean, sd: Math.sqrt(squares / n) };
}

function categorical(
  name: string,
  categories: CategoricalReference['categories'],
  sketch: SketchCounts,
): CategoricalReference {
  const seen = valuesOf(sketch).filter(([index]) => index >= 0 && index < categories.length);
  const commonest = seen.toSorted(([a, many], [b, more]) => more - many || a - b).slice(0, COMMONEST);
  const values = commonest.map(([index]) => index);
  const counts = onBins(categoricalBins(categories, values), sketch);
  const [other, unseen, missing] = counts.splice(values.length) as [number, number, number];
  return { kind: 'categorical', name, categories, values, counts, other, unseen, missing };
}

function onBins(bins: Bins, sketch: SketchCounts): number[] {
  const counts = Array.from({ length: bins.size }, () => 0);
  const add = (value: number, count: number): void => {
    const bin = bins.indexOf(value);
    counts[bin] = (counts[bin] as number) + count;
  };
  add(Number.NaN, missingOf(sketch));
  add(Number.POSITIVE_INFINITY, nonFiniteOf(sketch));
  for (const [value, count] of valuesOf(sketch)) add(value, count);
  return counts;
}

function sum(values: Values): number {
  return values.reduce((all, [, count]) => all + count, 0);
}
