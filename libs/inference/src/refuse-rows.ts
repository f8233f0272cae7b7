import type { RowOutcome } from '@millrace/batching';
import type { AppError } from '@millrace/core';

import type { ModelPort } from './model-port.ts';

/** Scoring by a model that takes not every row: one that is refused does not reach it, its neighbours do. */
export function refuseRows(
  score: ModelPort['score'],
  refusal: (row: Float32Array) => AppError | null,
): ModelPort['score'] {
  return async (rows, how) => {
    const refused = rows.map(refusal);
    const scored = (
      await score(
        rows.filter((_, i) => refused[i] === null),
        how,
      )
    )[Symbol.iterator]();
    return refused.map((error) => (error ? { ok: false, error } : (scored.next().value as RowOutcome<Float64Array>)));
  };
}
