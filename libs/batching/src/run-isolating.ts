import { isAppError } from '@millrace/core';

import type { BatchExecutor } from './batch-executor.ts';
import type { RowOutcome } from './row-outcome.ts';

/**
 * Runs a batch; when its rows are to blame, runs its halves, and so on until the culprits are alone: one bad row among
 * n costs about 2·log₂ n runs, and its neighbours get their results.
 */
export async function runIsolating<Row, Result>(
  executor: BatchExecutor<Row, Result>,
  rows: readonly Row[],
): Promise<readonly RowOutcome<Result>[]> {
  try {
    const results = await executor.run(rows);
    return results.map((value) => ({ ok: true, value }));
  } catch (error) {
    if (!isAppError(error) || error.class !== 'poison') throw error;
    if (rows.length <= 1) return rows.map(() => ({ ok: false, error }));
    const middle = rows.length >> 1;
    const left = await runIsolating(executor, rows.slice(0, middle));
    return left.concat(await runIsolating(executor, rows.slice(middle)));
  }
}
