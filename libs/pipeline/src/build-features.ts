import { buildValueFeature } from './build-value-feature.ts';
import { buildWindowFeature } from './build-window-feature.ts';
import type { FeatureDraft } from './feature-draft.ts';
import type { FileScope } from './file-scope.ts';
import type { FeatureEntry } from './pipeline-file.ts';

/** The vector. A feature that is not sound is left out: it has been reported. */
export function buildFeatures(
  entries: readonly (FeatureEntry | undefined)[],
  request: string | undefined,
  scope: FileScope,
): readonly FeatureDraft[] {
  checkNames(entries, scope);
  return entries.flatMap((entry, index) => {
    if (entry === undefined) return [];
    const draft = buildFeature(entry, index, request, scope);
    return draft === null ? [] : [draft];
  });
}

function buildFeature(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): FeatureDraft | null {
  const path = ['features', index];
  if ('value' in entry && 'from' in entry) {
    scope.problems.addAtKey([...path, 'from'], { found: 'both value and from', allowed: 'one of them' });
    return null;
  }
  if ('value' in entry) return buildValueFeature(entry, index, request, scope);
  if ('from' in entry) return buildWindowFeature(entry, index, request, scope);
  scope.problems.add(path, { found: 'neither value nor from', allowed: 'one of them' });
  return null;
}

function checkNames(entries: readonly (FeatureEntry | undefined)[], scope: FileScope): void {
  const seen = new Map<string, number>();
  for (const [i, entry] of entries.entries()) {
    if (entry?.name === undefined) continue;
    const first = seen.get(entry.name);
    if (first === undefined) seen.set(entry.name, i);
    else
      scope.problems.add(['features', i, 'name'], {
        found: `${entry.name} again, as features[${first}]`,
        allowed: 'each name once',
      });
  }
}
