import { createHash } from 'node:crypto';

import type { LoadedEvent } from './build-events.ts';
import type { CelExpression } from './cel-expression.ts';
import type { FeatureDraft } from './feature-draft.ts';
import type { Expression } from './plan.ts';

/**
 * 8 hex digits over what stages and vectors depend on: the event types in order (internal records hold their index)
 * with id and time, `predict.on`, `predict.key`, the features, the types of the fields that features use, and the fields that are pseudonyms.
 * Spelling does not count: `60m` is `1h`.
 */
export function featureSetVersion(
  events: ReadonlyMap<string, LoadedEvent>,
  on: string,
  key: string,
  features: readonly FeatureDraft[],
  pseudonyms: readonly string[],
): string {
  const described = {
    events: [...events.values()].map(({ plan }) => [plan.type, plan.id, plan.time]),
    on,
    key,
    features: features.map((feature) => describe(feature, on, events)),
    ...(pseudonyms.length > 0 && { pseudonyms: pseudonyms.toSorted() }),
  };
  return createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 8);
}

function describe(feature: FeatureDraft, on: string, events: ReadonlyMap<string, LoadedEvent>): readonly unknown[] {
  const otherwise = Number.isNaN(feature.default) ? null : feature.default;
  if (feature.kind === 'value') {
    return [feature.name, expression(feature.expression, on, events), feature.categories, feature.other, otherwise];
  }
  const { name, by, from, overMs, take, of, where, resolutionMs } = feature;
  return [
    name,
    by,
    from,
    overMs,
    take,
    expression(of, from, events),
    expression(where, from, events),
    otherwise,
    resolutionMs,
  ];
}

function expression(compiled: Expression | null, type: string, events: ReadonlyMap<string, LoadedEvent>): unknown {
  if (compiled === null) return null;
  const fields = events.get(type)?.fields;
  const used = [...(compiled as CelExpression).fields].toSorted();
  return [compiled.source, used.map((name) => [name, fields?.get(name)?.cel])];
}
