import { isAppError } from '@millrace/core';

import type { BatchPacker } from './batch-packer.ts';
import type { OnnxThread } from './onnx-thread.ts';
import { runPacked } from './run-packed.ts';
import type { WorkerBatch } from './worker-protocol.ts';

/**
 * Runs the sample row in batches of the sizes that will be used, since the runtime plans its memory at the first run of
 * a size. A model may refuse the sample; losing the thread to it may not be.
 *
 * @throws ThreadLost
 */
export async function warmUp<Row, Batch extends WorkerBatch>(
  thread: OnnxThread,
  packer: BatchPacker<Row, unknown, Batch>,
  sample: Row,
  sizes: readonly number[],
): Promise<void> {
  for (const size of sizes) {
    const rows = Array.from({ length: size }, () => sample);
    try {
      await runPacked(thread, packer, rows);
    } catch (error) {
      if (!isAppError(error, 'MODEL_FAILED')) throw error;
    }
  }
}
