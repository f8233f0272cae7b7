import type { AppError } from '@millrace/core';

/** What became of one row of a batch. */
export type RowOutcome<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly error: AppError };
