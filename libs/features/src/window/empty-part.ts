import type { StagePlan } from '@millrace/pipeline';

import { emptyValue } from '../aggregators/aggregators.ts';

/** A stage's part of the vector where its windows are empty or have no key. */
export function emptyPart(stage: StagePlan): Float64Array {
  return Float64Array.from(stage.features, (feature) => emptyValue(feature.take) ?? feature.default);
}
