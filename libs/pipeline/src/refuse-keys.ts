import type { FileScope } from './file-scope.ts';
import type { Path } from './pipeline-document.ts';
import type { FeatureEntry } from './pipeline-file.ts';

/** Reports keys of a feature that mean nothing beside its others. */
export function refuseKeys(
  entry: FeatureEntry,
  path: Path,
  keys: readonly (keyof FeatureEntry)[],
  beside: string,
  scope: FileScope,
): void {
  for (const key of keys)
    if (entry[key] !== undefined)
      scope.problems.addAtKey([...path, key], { found: `${key} ${beside}`, allowed: `no ${key} there` });
}
