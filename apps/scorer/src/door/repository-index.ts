import type { ModelRegistry, TensorModel } from '@millrace/inference';

export interface RepositoryEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE';
  /** Why it is not ready; else empty. */
  readonly reason: string;
}

/** Every version in the model folder; the one that the pipeline file takes is ready. */
export async function repositoryIndex(
  registry: ModelRegistry,
  { name: served, version: servedVersion }: Pick<TensorModel, 'name' | 'version'>,
): Promise<readonly RepositoryEntry[]> {
  const entries = (await registry.names()).map(async (name) => {
    const versions = await registry.versions(name);
    return versions.map((version): RepositoryEntry => {
      if (name === served && version === servedVersion) return { name, version, state: 'READY', reason: '' };
      const reason = `not loaded: the pipeline file takes ${served} ${servedVersion}`;
      return { name, version, state: 'UNAVAILABLE', reason };
    });
  });
  return (await Promise.all(entries)).flat();
}
