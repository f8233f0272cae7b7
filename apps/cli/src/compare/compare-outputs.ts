import type { Labelled } from '@millrace/drift';

import { classifierMetrics, type ClassifierMetrics } from './classifier-metrics.ts';
import type { LabelledRequest } from './labelled-requests.ts';
import { isProbability, outputDifference, type OutputDifference } from './output-difference.ts';

/** One output of two models. */
export interface OutputComparison {
  readonly name: string;
  /** Rows that both scored, and that one of the two gave no finite number. */
  readonly nonFinite: number;
  /** Null: there is no row to compare. */
  readonly difference: OutputDifference | null;
  /** Of each, over the rows of the difference that have a label; null: no labels of 0 and 1, or no probability. */
  readonly metrics: readonly [ClassifierMetrics | null, ClassifierMetrics | null];
}

/** An output's value in each request that both models scored. */
export interface Column {
  readonly name: string;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** @param requests those of the columns' rows */
export function compareOutput({ name, a, b }: Column, requests: readonly LabelledRequest[]): OutputComparison {
  const kept = requests.flatMap((_, i) => (Number.isFinite(a[i]) && Number.isFinite(b[i]) ? [i] : []));
  const nonFinite = requests.length - kept.length;
  if (kept.length === 0) return { name, nonFinite, difference: null, metrics: [null, null] };
  const labels = kept.map((i) => (requests[i] as LabelledRequest).label);
  const [ofA, ofB] = [a, b].map((values) => Float64Array.from(kept, (i) => values[i] as number)) as [
    Float64Array,
    Float64Array,
  ];
  return {
    name,
    nonFinite,
    difference: outputDifference(ofA, ofB),
    metrics: [metricsOf(ofA, labels), metricsOf(ofB, labels)],
  };
}

function metricsOf(scores: Float64Array, labels: readonly (number | null)[]): ClassifierMetrics | null {
  const rows = labels.flatMap((label, i): Labelled[] =>
    label === null ? [] : [{ score: scores[i] as number, label }],
  );
  return isProbability(scores) && rows.every(({ label }) => label === 0 || label === 1)
    ? classifierMetrics(rows)
    : null;
}
