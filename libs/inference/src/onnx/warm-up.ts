import { isAppError } from '@millrace/core';

import type { ExecutorThread } from './thread-executor.ts';

/**
 * Runs the sample row in batches of the sizes that will be used, since the runtime plans its memory at the first run of
 * a size. A model may refuse the sample; losing the thread to it may not be.
 *
 * @throws ThreadLost
 */
export async function warmUp<Row>(
  thread: ExecutorThread<Row, unknown>,
  sample: Row,
  sizes: readonly number[],
): Promise<void> {
  for (const size of sizes) {
    const rows = Array.from({ length: size }, () => sample);
    try {
      await thread.run(rows);
    } catch (error) {
      if (!isAppError(error, 'MODEL_FAILED')) throw error;
    }
  }
}
