import type { EventOptions } from './pipeline-file.ts';
import type { Plan } from './plan.ts';

/** Whose values, as they stand in an event, nobody is shown: fields that are left out, and fields that are replaced. */
export interface HiddenNames {
  readonly sensitive: readonly string[];
  readonly pseudonyms: readonly string[];
}

/** As the file has them; what was reported is not among them. */
export function hiddenNames({ sensitive = [], pseudonyms = [] }: EventOptions = {}): HiddenNames {
  const named = (fields: readonly (string | undefined)[]): readonly string[] =>
    fields.filter((field) => field !== undefined);
  return { sensitive: named(sensitive), pseudonyms: named(pseudonyms) };
}

/** All of them. */
export function hiddenFields({ limits, pseudonyms }: Pick<Plan, 'limits' | 'pseudonyms'>): readonly string[] {
  return [...limits.sensitive, ...pseudonyms.fields];
}
