import type { Source } from '@millrace/batching';

import type { RunOptions } from './run-options.ts';
import { serveTensors } from './serve-tensors.ts';
import type { TensorModel } from './tensor-model.ts';
import { withThreads } from './with-threads.ts';

/** A version for the doors alone, whatever it takes and gives. */
export interface LoadedTensorModel extends TensorModel {
  /** Rows of a source that wait for a batch; a request without rows counts as one. */
  queuedRows(source: Source): number;
  close(): Promise<void>;
}

/**
 * Loads any model into worker threads and warms it up. Outputs that are no tensors are left out.
 *
 * @throws AppError `MODEL_INVALID`; `NOT_IN_THIS_VERSION` for an input that is no tensor, and where no output is one
 */
export function loadTensorModel(options: RunOptions): Promise<LoadedTensorModel> {
  return withThreads(options, async (threads) => {
    const { model, rows } = await serveTensors(options, threads);
    const { queuedRows, close } = rows;
    return { ...model, queuedRows, close };
  });
}
