import { on } from 'node:events';
import { Worker } from 'node:worker_threads';

import { AppError } from '@millrace/core';
import type { FeatureRow } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';

import { partColumns, type PartBatch, type PartSetup } from './part-protocol.ts';

const NOTHING: PartBatch = { at: new Float64Array(), values: new Float32Array() };

export type WithPartsOptions = Omit<PartSetup, 'featureSet' | 'taken'>;

/**
 * Puts into the vectors what a second thread computes of the same file meanwhile. When it ends, however it does, the
 * thread has ended, too.
 *
 * @param rows of all requests of the file, without what these stages say
 * @throws AppError `INPUT_INVALID` where the two threads have not read the same
 */
export async function* withParts(
  plan: Plan,
  rows: AsyncIterable<FeatureRow>,
  options: WithPartsOptions,
): AsyncGenerator<FeatureRow> {
  const taken = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const worker = startWorker({ ...options, featureSet: plan.featureSet, taken });
  const columns = partColumns(plan, options.stages);
  // from now on none is missed
  const batches = batchesOf(
    on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[PartBatch]>,
    new Int32Array(taken),
  );
  try {
    let batch = NOTHING;
    let next = 0;
    for await (const row of rows) {
      if (next === batch.at.length) {
        batch = (await batches.next()).value ?? NOTHING;
        next = 0;
      }
      if (batch.at[next] !== row.at) throw changed(options.file);
      fill(row.vector, columns, batch.values, next++);
      yield row;
    }
    if (next < batch.at.length || (await batches.next()).value) throw changed(options.file);
  } finally {
    await worker.terminate();
  }
}

/** From sources, too: as they are. */
function startWorker(setup: PartSetup): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('part-worker.js', import.meta.url), { workerData: setup });
  const execArgv = ['--conditions=@millrace/source'];
  return new Worker(new URL('part-worker.ts', import.meta.url), { workerData: setup, execArgv });
}

/** Undefined once there are no more. Throws what ended the worker. */
async function* batchesOf(
  messages: AsyncIterable<[PartBatch]>,
  taken: Int32Array,
): AsyncGenerator<PartBatch, undefined> {
  for await (const [batch] of messages) {
    Atomics.add(taken, 0, 1);
    Atomics.notify(taken, 0);
    yield batch;
  }
}

function fill(vector: Float32Array, columns: readonly number[], values: Float32Array, row: number): void {
  let next = row * columns.length;
  for (const column of columns) vector[column] = values[next++] as number;
}

function changed(file: string): AppError {
  return new AppError(
    'INPUT_INVALID',
    `${file}: it changed while it was read, or the pipeline file did; begin again when nobody writes to them.`,
  );
}
