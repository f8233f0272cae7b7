import { isAppError } from '@millrace/core';

import type { BatchBuffers } from './batch-buffers.ts';
import type { OnnxThread } from './onnx-thread.ts';

/**
 * Runs the sample row in batches of the sizes that will be used, since the runtime plans its memory at the first run of
 * a size. A model may refuse the sample; losing the thread to it may not be.
 *
 * @throws ThreadLost
 */
export async function warmUp(
  thread: OnnxThread,
  buffers: BatchBuffers,
  sample: Float32Array,
  sizes: readonly number[],
): Promise<void> {
  for (const size of sizes) {
    const rows = Array.from({ length: size }, () => sample);
    await thread.run(buffers.pack(rows)).then(
      (batch) => buffers.unpack(batch),
      (error: unknown) => {
        if (!isAppError(error, 'MODEL_FAILED')) throw error;
      },
    );
  }
}
