import { AppError } from '@millrace/core';

import type { ModelPort } from './model-port.ts';
import { refuseRows } from './refuse-rows.ts';

/**
 * Scoring by a model that takes no NaN (`"nan": false` in its `model.json`): a row that has one does not reach it
 * (`NAN_NOT_ALLOWED`), its neighbours do.
 *
 * @param vector names of the features, in order
 */
export function refuseNan(score: ModelPort['score'], vector: readonly string[]): ModelPort['score'] {
  return refuseRows(score, (row) => {
    const names = vector.filter((_, i) => Number.isNaN(row[i]));
    if (names.length === 0) return null;
    return new AppError(
      'NAN_NOT_ALLOWED',
      `found NaN in ${names.join(', ')}; the model.json says "nan": false. Give a default to features that may be null.`,
    );
  });
}
