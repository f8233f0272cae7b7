import { AppError } from '@millrace/core';

import type { Parameters } from './infer-request.ts';

/** @throws AppError `INFERENCE_INVALID` where the tensor would be in memory that both sides share */
export function refuseSharedMemory(parameters: Parameters, path: string): void {
  if (parameters['shared_memory_region'] === undefined) return;
  throw new AppError(
    'INFERENCE_INVALID',
    `${path}.parameters.shared_memory_region: there is no shared memory here; send tensors as data or as binary data.`,
  );
}
