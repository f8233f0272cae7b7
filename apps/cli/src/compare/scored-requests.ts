import { AppError } from '@millrace/core';
import type { LoadedModel } from '@millrace/inference';

import type { LabelledRequest } from './labelled-requests.ts';

/** What a model says to all requests. */
export interface ScoredRequests {
  /** Of each request its outputs, in the model's order; null: the model fails on it. */
  readonly outputs: readonly (Float64Array | null)[];
  readonly failed: number;
  /** Of the first request that failed. */
  readonly firstFailure: string | null;
}

/** @throws AppError `MODEL_UNUSABLE`, `INTERRUPTED` */
export async function scoredRequests(
  model: LoadedModel,
  requests: readonly LabelledRequest[],
  size: number,
  signal: AbortSignal,
): Promise<ScoredRequests> {
  const outputs: (Float64Array | null)[] = [];
  let firstFailure: string | null = null;
  for (let from = 0; from < requests.length; from += size) {
    if (signal.aborted) throw new AppError('INTERRUPTED', 'nothing is compared.');
    const chunk = requests.slice(from, from + size);
    const outcomes = await model.score(chunk.map(({ vector }) => vector));
    outcomes.forEach((outcome, i) => {
      outputs.push(outcome.ok ? outcome.value : null);
      if (!outcome.ok) firstFailure ??= `id ${(chunk[i] as LabelledRequest).id}: ${outcome.error.detail}`;
    });
  }
  return { outputs, failed: outputs.filter((one) => one === null).length, firstFailure };
}
