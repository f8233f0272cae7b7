import type { ModelPort } from '@millrace/inference';

import type { StageModels } from '../models/stage-models.ts';

/** A model without other versions. */
export function oneModel(model: ModelPort): StageModels {
  const { version } = model;
  return {
    first: async () => ({ version, number: null, fromPlan: true }),
    fromPlan: async () => version,
    get: () => model,
    load: async () => model,
    switched: () => undefined,
    tidy: () => undefined,
  };
}
