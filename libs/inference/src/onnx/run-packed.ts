import type { BatchPacker } from './batch-packer.ts';
import { ThreadLost } from './thread-lost.ts';
import type { WorkerBatch } from './worker-protocol.ts';

/** What runs batches. */
export interface BatchThread<Batch extends WorkerBatch> {
  run(batch: Batch): Promise<Batch>;
}

/**
 * The results of rows in a thread, in order. What they were packed in is free again, unless the thread is lost: it may
 * still be at work in there.
 *
 * @throws ThreadLost, AppError `MODEL_FAILED`
 */
export async function runPacked<Row, Result, Batch extends WorkerBatch>(
  thread: BatchThread<Batch>,
  packer: BatchPacker<Row, Result, Batch>,
  rows: readonly Row[],
): Promise<readonly Result[]> {
  const batch = packer.pack(rows);
  try {
    const results = packer.unpack(await thread.run(batch));
    packer.free?.(batch);
    return results;
  } catch (error) {
    if (!(error instanceof ThreadLost)) packer.free?.(batch);
    throw error;
  }
}
