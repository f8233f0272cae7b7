import type { AppError } from '@millrace/core';

import type { LeaveReason } from './batch-policy.ts';

/** The batch that a row was in. */
export interface RowBatch {
  readonly reason: LeaveReason;
  /** How many rows it had, whoever sent them. */
  readonly rows: number;
  /** From the row's arrival until the batch left. */
  readonly waitedMs: number;
  /** How long the executor worked on it. */
  readonly tookMs: number;
}

/** What became of one row of a batch. `batch`: where `explain` was asked for and the row was computed. */
export type RowOutcome<Result> =
  | { readonly ok: true; readonly value: Result; readonly batch?: RowBatch }
  | { readonly ok: false; readonly error: AppError; readonly batch?: RowBatch };
