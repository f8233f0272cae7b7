import { availableParallelism } from 'node:os';

import type { LoadModelOptions } from '@millrace/inference';

/** Nobody waits for a single row, so batches are as large as pays; in larger ones a row is no cheaper. */
const LEAST_BATCH_ROWS = 1024;
/** For a batch of the size that the pipeline file says. */
const HANG_MS = 10_000;

/** How a model is loaded that scores a file: on all cores unless `run` says how many, in larger batches, which may take as much longer. */
export function inBulk(
  batch: LoadModelOptions['batch'],
  run: Pick<LoadModelOptions, 'workers' | 'threads' | 'hangMs'>,
) {
  const { threads = 1, workers = Math.max(1, Math.floor(availableParallelism() / threads)), hangMs = HANG_MS } = run;
  const rows = Math.max(batch.rows, LEAST_BATCH_ROWS);
  return {
    batch: { ...batch, rows },
    workers,
    threads,
    hangMs: (hangMs * rows) / batch.rows,
  } satisfies Partial<LoadModelOptions>;
}
