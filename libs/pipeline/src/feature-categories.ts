import type { Value } from '@millrace/core';

import type { FeaturePlan } from './plan.ts';

/** The categories of the features that are indices into some, by their names. */
export function featureCategories(vector: readonly FeaturePlan[]): ReadonlyMap<string, readonly Value[]> {
  return new Map(
    vector.flatMap((feature) =>
      feature.kind === 'value' && feature.categories ? [[feature.name, feature.categories] as const] : [],
    ),
  );
}
