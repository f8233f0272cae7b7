import type { Plan } from './plan.ts';

/**
 * What predictions and outcomes are placed and joined by, as one text: the field `predict.key`, and whether it or the id of
 * requests is a pseudonym. Two plans that differ in it never join: not a value with what stands for it.
 */
export function joinKey({
  predict: { on, key },
  events,
  pseudonyms,
}: Pick<Plan, 'predict' | 'events' | 'pseudonyms'>): string {
  const id = events.find(({ type }) => type === on)?.id ?? null;
  const replaced = [key, id].filter((field) => field !== null && pseudonyms.fields.includes(field));
  return replaced.length === 0 ? key : `${key} with pseudonyms of ${replaced.join(' and ')}`;
}
