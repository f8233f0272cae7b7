import { shortestFloat32 } from '@millrace/core';

import { cloudEventHeaders, rfc3339 } from './cloud-events.ts';
import type { Headers } from './record.ts';
import { rememberLast } from './remember-last.ts';
import type { ScoredRow } from './row-record.ts';

/** What a scored row does not say about itself, because it is the same for all of them. */
export interface PredictionNames {
  /** `predict.model`. */
  readonly model: string;
  /** Version of the plan that made the vector. */
  readonly featureSet: string;
  /** Published names, in the order of `ScoredRow.outputs`. */
  readonly outputs: readonly string[];
  /** By the names of outputs that are texts: what their numbers are indices into. Absent: none is. */
  readonly labels?: ReadonlyMap<string, readonly string[]> | undefined;
  /** In the vector's order; null leaves a feature out, or all of them. */
  readonly features: readonly (string | null)[] | null;
}

/** A prediction as users read it: the JSON value of `<p>.predictions`, and the beginning of an example. */
export interface PredictionValue {
  readonly id: string;
  readonly key: string | null;
  /** Event time of the request, RFC 3339. */
  readonly time: string;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly feature_set: string;
  /** A text where the output is a label. */
  readonly outputs: Readonly<Record<string, number | string | null>>;
  readonly features?: Readonly<Record<string, number | null>>;
  /** Wall clock of the scorer, RFC 3339 with milliseconds. */
  readonly scored_at: string;
}

const withMilliseconds = rememberLast((ms: number) => new Date(ms).toISOString());

/** What is not a finite number has no JSON: null. A float32 is written in its shortest digits. */
export function predictionValue(row: ScoredRow, names: PredictionNames): PredictionValue {
  const { model, featureSet, outputs, labels, features } = names;
  return {
    id: row.id,
    key: row.key,
    time: rfc3339(row.at),
    model,
    version: row.version,
    variant: row.variant,
    feature_set: featureSet,
    outputs: labels?.size ? labelled(outputs, row.outputs, labels) : named(outputs, row.outputs),
    ...(features && { features: named(features, row.vector) }),
    scored_at: withMilliseconds(row.scoredAt),
  };
}

/** The CloudEvents headers of a prediction in the pipeline `<p>`. */
export function predictionHeaders(pipeline: string, row: Pick<ScoredRow, 'id' | 'at'>): Headers {
  return cloudEventHeaders({ type: 'millrace.prediction', source: `/millrace/${pipeline}`, id: row.id, atMs: row.at });
}

function named(names: readonly (string | null)[], values: ArrayLike<number>): Record<string, number | null> {
  const found: [string, number | null][] = [];
  names.forEach((name, i) => {
    if (name !== null) found.push([name, publishedNumber(values[i] as number)]);
  });
  return Object.fromEntries(found);
}

function labelled(
  names: readonly string[],
  values: ArrayLike<number>,
  labels: NonNullable<PredictionNames['labels']>,
): Record<string, number | string | null> {
  const numbers = named(names, values);
  return Object.fromEntries(
    names.map((name, i) => [name, labels.get(name)?.[values[i] as number] ?? numbers[name] ?? null]),
  );
}

/** A number as users read it: null where JSON has none, a float32 in its shortest digits. */
export function publishedNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.fround(value) === value ? shortestFloat32(value) : value;
}
