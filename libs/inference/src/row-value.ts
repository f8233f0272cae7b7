import type { RowOutcome } from '@millrace/batching';
import { AppError } from '@millrace/core';

/**
 * What a row of a request came to.
 *
 * @param row its number; null where a request has no rows
 * @throws AppError what is wrong with it, behind the row's number
 */
export function rowValue<Result>(outcome: RowOutcome<Result>, row: number | null): Result {
  if (outcome.ok) return outcome.value;
  const { code, detail } = outcome.error;
  throw new AppError(code, row === null ? detail : `row ${row}: ${detail}`, { cause: outcome.error });
}
