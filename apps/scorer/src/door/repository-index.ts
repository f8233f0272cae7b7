import type { ModelRegistry } from '@millrace/inference';

import type { DoorModels } from './door-models.ts';

export interface RepositoryEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE';
  /** Why it is not ready; else empty. */
  readonly reason: string;
}

/** Every version in the model folder; those that are loaded are ready. */
export async function repositoryIndex(
  registry: ModelRegistry,
  models: Pick<DoorModels, 'find'>,
): Promise<readonly RepositoryEntry[]> {
  const entries = (await registry.names()).map(async (name) => {
    const versions = await registry.versions(name);
    return versions.map((version): RepositoryEntry => {
      if (models.find(name, version)) return { name, version, state: 'READY', reason: '' };
      return { name, version, state: 'UNAVAILABLE', reason: 'not loaded' };
    });
  });
  return (await Promise.all(entries)).flat();
}
