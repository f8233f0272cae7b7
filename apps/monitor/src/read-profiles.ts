import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@millrace/core';
import { parseProfile, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

/**
 * The profiles of some versions of the pipeline's model, from `profile.json` beside `model.onnx`. A version without one
 * is left out: its predictions are joined, but not watched.
 *
 * @param outputs published names of the model's outputs, in order
 * @throws AppError `PROFILE_INVALID`
 */
export async function readProfiles(plan: Plan, outputs: readonly string[], versions: readonly string[]): Promise<ReadonlyMap<string, ReferenceProfile>> {
  const profiles = new Map<string, ReferenceProfile>();
  for (const version of versions) {
    const path = join(plan.models, plan.predict.model, version, 'profile.json');
    const text = await readIfThere(path);
    if (text === null) continue;
    const profile = parseProfile(text, path);
    assertFits(profile, path, plan, outputs);
    profiles.set(version, profile);
  }
  return profiles;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function assertFits(profile: ReferenceProfile, path: string, plan: Plan, outputs: readonly string[]): void {
  const pairs = [
    ['features', describe(profile.features), plan.vector.map((feature) => signature(feature.name, feature.kind === 'value' ? feature.categories : null))],
    ['outputs', describe(profile.outputs), outputs.map((name) => signature(name, null))],
  ] as const;
  for (const [what, found, wanted] of pairs) {
    const at = wanted.findIndex((signal, i) => signal !== found[i]);
    if (at < 0 && found.length === wanted.length) continue;
    const place = at < 0 ? wanted.length : at;
    throw new AppError(
      'PROFILE_INVALID',
      `${path}: ${what}[${place}] is ${found[place] ?? 'not there'}, the pipeline has ${wanted[place] ?? 'none'}. Make it again with \`millrace model profile\`.`,
    );
  }
}

function describe(signals: ReferenceProfile['features']): readonly string[] {
  return signals.map((signal) => signature(signal.name, signal.kind === 'categorical' ? signal.categories : null));
}

function signature(name: string, categories: readonly unknown[] | null): string {
  return categories === null ? name : `${name} of ${JSON.stringify(categories)}`;
}
