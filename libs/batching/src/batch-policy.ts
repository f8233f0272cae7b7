/** Why a batch left: an executor had nothing to do, it was full, or its oldest row could not wait any longer. */
export type LeaveReason = 'idle' | 'full' | 'due';

/** The rows that wait, and who could take them. */
export interface WaitingRows {
  readonly rows: number;
  /** When the oldest row should be answered. Same clock as `nowMs`. */
  readonly oldestDeadlineMs: number;
  readonly nowMs: number;
  /** An executor has nothing to do; otherwise one has room behind the batch that it runs. */
  readonly idle: boolean;
}

/** The batch leaves, or it can wait until `untilMs` if nothing changes before. */
export type BatchDecision = { readonly leave: LeaveReason } | { readonly untilMs: number };

/**
 * When a batch leaves. At low load at once, because somebody is idle: there is never a fixed delay. Under load rows
 * gather while the executors work, until the batch is full or the oldest row's deadline, less what the batch will take,
 * has come.
 */
export function decideBatch(
  { rows, oldestDeadlineMs, nowMs, idle }: WaitingRows,
  maxRows: number,
  predictMs: (rows: number) => number,
): BatchDecision {
  if (rows >= maxRows) return { leave: 'full' };
  if (idle) return { leave: 'idle' };
  const untilMs = oldestDeadlineMs - predictMs(rows);
  return untilMs <= nowMs ? { leave: 'due' } : { untilMs };
}
