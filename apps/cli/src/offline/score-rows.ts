import { AppError } from '@millrace/core';
import type { FeatureRow } from '@millrace/features';
import type { ModelPort } from '@millrace/inference';

/** A feature row, and what the model says to it. */
export interface ScoredVector extends FeatureRow {
  /** As `ModelPort.score` gives them. */
  readonly outputs: Float64Array;
}

export interface ScoringOptions {
  readonly model: ModelPort;
  /** Rows that are scored together; as many again are got ready meanwhile. */
  readonly size: number;
  /** The model fails on a row: it is left out. */
  readonly onRejected: (error: AppError) => void;
}

/**
 * Scores rows in their order. When it ends, however it does, nothing is left with the model.
 *
 * @throws AppError `MODEL_UNUSABLE`: no row is to blame
 */
export async function* scoreRows(
  rows: AsyncIterable<FeatureRow>,
  options: ScoringOptions,
): AsyncGenerator<ScoredVector> {
  let ahead: Promise<readonly ScoredVector[]> = Promise.resolve([]);
  let latest = ahead;
  try {
    for await (const chunk of chunksOf(rows, options.size)) {
      latest = scored(chunk, options);
      // whoever breaks off before it is awaited does not hear of it
      latest.catch(() => undefined);
      yield* await ahead;
      ahead = latest;
    }
    yield* await ahead;
  } finally {
    await Promise.allSettled([ahead, latest]);
  }
}

async function scored(chunk: readonly FeatureRow[], { model, onRejected }: ScoringOptions) {
  const outcomes = await model.score(chunk.map(({ vector }) => vector));
  return outcomes.flatMap((outcome, i): readonly ScoredVector[] => {
    const row = chunk[i] as FeatureRow;
    if (outcome.ok) return [{ ...row, outputs: outcome.value }];
    const { code, detail } = outcome.error;
    onRejected(new AppError(code, `id ${row.id}: ${detail}`, { cause: outcome.error }));
    return [];
  });
}

async function* chunksOf(rows: AsyncIterable<FeatureRow>, size: number): AsyncGenerator<readonly FeatureRow[]> {
  let chunk: FeatureRow[] = [];
  for await (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
