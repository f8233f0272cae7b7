import type { Clock } from '@millrace/core';
import { loadModel, verifySample, type LoadedModel, type LoadModelOptions, type ModelFiles } from '@millrace/inference';
import { featureCategories, type Plan } from '@millrace/pipeline';

/**
 * Loads a version for the vector, outputs and batches of a pipeline and asks it for its own sample rows, as the scorer
 * does.
 *
 * @param more than that, and instead of it
 * @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH`, `MODEL_SAMPLE_FAILED`, `NOT_IN_THIS_VERSION`
 */
export async function loadPlanModel(
  plan: Plan,
  files: ModelFiles,
  clock: Clock,
  more: Partial<LoadModelOptions> = {},
): Promise<LoadedModel> {
  const { outputs, providers, batch } = plan.predict;
  const vector = plan.vector.map(({ name }) => name);
  const categories = featureCategories(plan.vector);
  const model = await loadModel({ files, vector, categories, outputs, providers, batch, clock, ...more });
  try {
    await verifySample(model, files, { vector, outputs });
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
}
