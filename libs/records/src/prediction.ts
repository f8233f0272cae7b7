import { jsonInteger, shortestFloat32, withLostDigits } from '@millrace/core';

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

/** To be written by `JSON.stringify`. What is not a finite number has no JSON: null. A float32 feature is written in its shortest digits. */
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
    outputs: Object.fromEntries(outputs.map((name, i) => [name, outputOf(row, i, labels?.get(name))])),
    ...(features && { features: named(features, row.vector) }),
    scored_at: withMilliseconds(row.scoredAt),
  };
}

/** The CloudEvents headers of a prediction in the pipeline `<p>`. */
export function predictionHeaders(pipeline: string, row: Pick<ScoredRow, 'id' | 'at'>): Headers {
  return cloudEventHeaders({ type: 'millrace.prediction', source: `/millrace/${pipeline}`, id: row.id, atMs: row.at });
}

function outputOf({ outputs, lost }: ScoredRow, i: number, labels?: readonly string[]): number | string | null {
  const value = outputs[i] as number;
  return labels?.[value] ?? publishedNumber(withLostDigits(value, lost?.[i]));
}

function named(names: readonly (string | null)[], vector: Float32Array): Record<string, number | null> {
  const found: [string, number | null][] = [];
  names.forEach((name, i) => {
    const value = vector[i] as number;
    if (name !== null) found.push([name, Number.isFinite(value) ? shortestFloat32(value) : null]);
  });
  return Object.fromEntries(found);
}

/**
 * An output as `JSON.stringify` is to write it: null where JSON has no such number, an integer in all its digits, another
 * float32 in its shortest.
 */
export function publishedNumber(value: number | bigint): number | null {
  if (typeof value === 'bigint') return jsonInteger(value);
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) return null;
  return Math.fround(value) === value ? shortestFloat32(value) : value;
}
