import type { RowOutcome } from '@millrace/batching';
import { AppError } from '@millrace/core';

import type { ModelPort } from './model-port.ts';

/**
 * Scoring by a model that takes no NaN (`"nan": false` in its `model.json`): a row that has one does not reach it
 * (`NAN_NOT_ALLOWED`), its neighbours do.
 *
 * @param vector names of the features, in order
 */
export function refuseNan(score: ModelPort['score'], vector: readonly string[]): ModelPort['score'] {
  return async (rows, how) => {
    const refused = rows.map((row) => refusal(row, vector));
    const scored = (
      await score(
        rows.filter((_, i) => refused[i] === null),
        how,
      )
    )[Symbol.iterator]();
    return refused.map((outcome) => outcome ?? (scored.next().value as RowOutcome<Float64Array>));
  };
}

function refusal(row: Float32Array, vector: readonly string[]): RowOutcome<never> | null {
  const names = vector.filter((_, i) => Number.isNaN(row[i]));
  if (names.length === 0) return null;
  const error = new AppError(
    'NAN_NOT_ALLOWED',
    `found NaN in ${names.join(', ')}; the model.json says "nan": false. Give a default to features that may be null.`,
  );
  return { ok: false, error };
}
