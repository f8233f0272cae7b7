import type { Clock } from '@millrace/core';
import { loadModel, type LoadedModel, type ModelFiles } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

/**
 * Loads a version for the vector, outputs and batches of a pipeline, as the scorer does.
 *
 * @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`
 */
export function loadPlanModel({ predict, vector }: Plan, files: ModelFiles, clock: Clock): Promise<LoadedModel> {
  const { outputs, providers, batch } = predict;
  return loadModel({ files, vector: vector.map(({ name }) => name), outputs, providers, batch, clock });
}
