import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';

/**
 * How much a signal matters to its model: a feature as the profile says (one that it does not name: 0), its special bins
 * as the feature itself. Nothing where the profile has no such table, and for outputs, which are what it is all about.
 *
 * ```ts
 * importanceOf({ slot: 1, output: false }, { features: [{ name: 'x' }, { name: 'y' }], importance: { y: 0.7 } }); // { importance: 0.7 }
 * ```
 */
export function importanceOf(
  { slot, output }: Pick<WatchedSignal, 'slot' | 'output'>,
  {
    features,
    importance,
  }: { readonly features: readonly { readonly name: string }[] } & Pick<ReferenceProfile, 'importance'>,
): { readonly importance?: number } {
  const name = features[slot]?.name;
  return output || importance === undefined || name === undefined ? {} : { importance: importance[name] ?? 0 };
}
