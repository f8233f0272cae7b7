import { AppError, type Clock } from '@millrace/core';
import { labelsOf, publishedOutputs, readSignature, selectOutputs, type ModelRegistry } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import { loadPlanModel } from '../load-plan-model.ts';

/**
 * Loads a version as a scorer would, and sees that it publishes what the one before it does.
 *
 * @param before the version in force; null: the pipeline file's
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`
 */
export async function verifyVersion(
  plan: Plan,
  registry: ModelRegistry,
  version: string,
  before: string | null,
  clock: Clock,
): Promise<void> {
  const { model, version: planVersion, outputs } = plan.predict;
  const loaded = await loadPlanModel(plan, await registry.resolve(model, version), clock);
  await loaded.close();
  const earlier = await registry.resolve(model, before ?? planVersion);
  const signature = await readSignature(earlier.modelFile, clock);
  const selected = selectOutputs(`${model} ${earlier.version}`, signature, outputs);
  const wanted = publishedOutputs({ outputs: selected.map(({ published }) => published), labels: labelsOf(selected) });
  const found = publishedOutputs(loaded);
  if (found === wanted) return;
  throw new AppError(
    'MODEL_MISMATCH',
    `${model} ${version} publishes ${found}; ${earlier.version} ${wanted}. ` +
      'All versions must publish the same: name them with predict.outputs.',
  );
}
