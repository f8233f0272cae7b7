import { isAppError } from '@millrace/core';
import type { ReferenceProfile } from '@millrace/drift';
import type { ModelStore } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import { readProfile } from './read-profile.ts';

/**
 * The profiles of all versions that there are, by version: any of them may become champion. Another version's that does not
 * fit is left out, as if it had none: its predictions are joined, but not watched.
 *
 * @param begins the version that the pipeline file takes: its profile must be right
 * @throws AppError `PROFILE_INVALID`
 */
export async function readProfiles(
  store: ModelStore,
  plan: Plan,
  begins: string,
  outputs: readonly string[],
): Promise<ReadonlyMap<string, ReferenceProfile>> {
  const { model } = plan.predict;
  const profiles = new Map<string, ReferenceProfile>();
  for (const { version } of await store.versions(model)) {
    try {
      const text = await store.read(model, version, 'profile.json');
      if (text !== null)
        profiles.set(version, readProfile(text, `${store.locationOf(model)}/${version}/profile.json`, plan, outputs));
    } catch (error) {
      if (version === begins || !isAppError(error, 'PROFILE_INVALID')) throw error;
    }
  }
  return profiles;
}
