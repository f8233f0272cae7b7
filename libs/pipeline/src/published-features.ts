import type { FeaturePlan, Plan } from './plan.ts';

/**
 * What predictions and examples call the features, in the vector's order; null in the place of one that is made of a
 * sensitive field, and for all where none are published.
 */
export function publishedFeatures({
  predict,
  vector,
  limits,
}: Pick<Plan, 'predict' | 'vector' | 'limits'>): readonly (string | null)[] | null {
  if (!predict.includeFeatures) return null;
  return vector.map((feature) => (sensitiveFieldOf(feature, limits.sensitive) === null ? feature.name : null));
}

/** Which sensitive field a feature is made of, or the label's expression; null: none. */
export function sensitiveFieldOf(
  feature: FeaturePlan | { readonly kind: 'label'; readonly source: string },
  sensitive: readonly string[],
): string | null {
  const words = sourcesOf(feature).flatMap((source) => source?.split(/\W+/) ?? []);
  return sensitive.find((field) => words.includes(field)) ?? null;
}

function sourcesOf(feature: Parameters<typeof sensitiveFieldOf>[0]): readonly (string | undefined)[] {
  switch (feature.kind) {
    case 'value':
      return [feature.expression.source];
    case 'window':
      return [feature.of?.source, feature.where?.source];
    case 'label':
      return [feature.source];
  }
}
