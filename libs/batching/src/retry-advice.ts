/** What waits, and who works it off. */
export interface Backlog {
  readonly rows: number;
  readonly maxRows: number;
  readonly executors: number;
}

/**
 * When to try again, in whole milliseconds: when all that waits will have been worked off in full batches.
 *
 * @param predictMs how long a batch takes, as far as has been learnt; 0: nothing has
 * @param unlearntMs the advice where nothing has been learnt
 */
export function retryAdviceMs(
  { rows, maxRows, executors }: Backlog,
  predictMs: (rows: number) => number,
  unlearntMs: number,
): number {
  const batches = Math.ceil(rows / maxRows);
  const ms = (batches * predictMs(maxRows)) / executors;
  return Math.max(1, Math.ceil(ms > 0 ? ms : unlearntMs));
}
