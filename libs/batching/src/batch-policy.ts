/** Why a batch left: an executor had nothing to do, it was full, or its oldest row could not wait any longer. */
export type LeaveReason = 'idle' | 'full' | 'due';

/** The rows that wait. */
export interface WaitingRows {
  readonly rows: number;
  /** When the first of them should be answered. Same clock as `nowMs`. */
  readonly dueMs: number;
}

/** Who could take them. */
export interface NextExecutor {
  /** It has nothing to do; otherwise it has room behind the batch that it runs. */
  readonly idle: boolean;
  /** The largest batch. */
  readonly maxRows: number;
  /** How long a batch will take it. */
  readonly predictMs: (rows: number) => number;
}

/** The batch leaves, or it can wait until `untilMs` if nothing changes before. */
export type BatchDecision = { readonly leave: LeaveReason } | { readonly untilMs: number };

/**
 * When a batch leaves. At low load at once, because somebody is idle: there is never a fixed delay. Under load rows
 * gather while the executors work, until the batch is full or the first deadline, less what the batch will take, has
 * come. Whenever it leaves it takes all that waits, up to a full batch.
 */
export function decideBatch(
  waiting: WaitingRows,
  { idle, maxRows, predictMs }: NextExecutor,
  nowMs: number,
): BatchDecision {
  if (waiting.rows >= maxRows) return { leave: 'full' };
  if (idle) return { leave: 'idle' };
  const untilMs = waiting.dueMs - predictMs(waiting.rows);
  return untilMs <= nowMs ? { leave: 'due' } : { untilMs };
}
