import { setImmediate } from 'node:timers';

import { MicroBatcher, type RowOutcome, type Source, type SubmitOptions } from '@millrace/batching';
import { AppError, isAppError } from '@millrace/core';

import type { BatchPacker } from './onnx/batch-packer.ts';
import type { OnnxThread } from './onnx/onnx-thread.ts';
import { PackingThread } from './onnx/packing-thread.ts';
import { ThreadExecutor, type ExecutorThread } from './onnx/thread-executor.ts';
import { warmUp } from './onnx/warm-up.ts';
import type { WorkerBatch } from './onnx/worker-protocol.ts';
import type { RunOptions } from './run-options.ts';
import { startThread } from './with-threads.ts';

/** Of each source, batches' worth of rows that wait in the batcher, and how large they may be. */
const QUEUED_BATCHES = 64;
const QUEUED_BYTES = 64 * 1024 * 1024;

/** What a row of a model is. */
export interface RowKind<Row, Result, Batch extends WorkerBatch> {
  /** A packer for a thread. */
  packer(): BatchPacker<Row, Result, Batch>;
  /** A row that the model is likely to take: zeros. */
  readonly sample: Row;
  /** The largest batch. */
  readonly maxRows: number;
  bytesOf(row: Row): number;
}

export interface BatchedRows<Row, Result> {
  /** So many rows may wait of a source. */
  readonly mostRows: number;
  /** `MicroBatcher.submit`. */
  submit(rows: readonly Row[], how?: SubmitOptions): Promise<readonly RowOutcome<Result>[]>;
  /** Rows of a source that wait for a batch. */
  queuedRows(source: Source): number;
  close(): Promise<void>;
}

/**
 * Warms threads up, and puts a micro-batcher before them.
 *
 * @throws ThreadLost where the sample row loses one
 */
export async function batchRows<Row, Result, Batch extends WorkerBatch>(
  options: RunOptions,
  threads: readonly OnnxThread[],
  { packer, sample, maxRows, bytesOf }: RowKind<Row, Result, Batch>,
): Promise<BatchedRows<Row, Result>> {
  const { batch, clock, observer, onWorkerLost = (): void => {} } = options;
  const fullRows = Math.max(1, Math.min(maxRows, Math.floor(QUEUED_BYTES / bytesOf(sample))));
  const warm = async (thread: OnnxThread): Promise<ExecutorThread<Row, Result>> => {
    const packing = new PackingThread(thread, packer());
    await warmUp(packing, sample, [...new Set([1, fullRows])]);
    return packing;
  };
  const warmed = await Promise.all(threads.map(warm));
  const startAnother = async (): Promise<ExecutorThread<Row, Result>> =>
    warm(await startThread(options).catch(assertPasses));
  const executors = warmed.map((thread) => new ThreadExecutor({ thread, sample, startAnother, onLost: onWorkerLost }));
  const bounds = { rows: batch.rows * QUEUED_BATCHES, bytes: QUEUED_BYTES };
  const { deadlineMs } = batch;
  const batcher = new MicroBatcher<Row, Result>({
    executors,
    clock,
    maxRows,
    deadlineMs,
    bounds,
    bytesOf,
    // sockets are read in one phase of the event loop, which this ends
    afterArrivals: setImmediate,
    ...(observer && { observer }),
  });
  const letGo = await options.files.hold?.();
  return {
    mostRows: bounds.rows,
    submit: (rows, how) => batcher.submit(rows, how),
    queuedRows: (source) => batcher.queuedRows(source),
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      await letGo?.();
    },
  };
}

/** A version that has been loaded does not change: what it cannot be loaded for again is its surroundings. */
function assertPasses(cause: unknown): never {
  if (!isAppError(cause, 'MODEL_INVALID')) throw cause;
  throw new AppError(
    'MODEL_STORE_UNREACHABLE',
    `a worker was lost, and another cannot load the model: ${cause.detail}. It is tried again: see that the file is there, and memory for it.`,
    { cause },
  );
}
