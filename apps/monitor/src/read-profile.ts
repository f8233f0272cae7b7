import { AppError } from '@millrace/core';
import { parseProfile, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

/**
 * The profile of a model version, seen to fit the pipeline's vector and outputs.
 *
 * @param text of `profile.json`
 * @param profileFile its place, for people
 * @param outputs published names of the model's outputs, in order
 * @throws AppError `PROFILE_INVALID`
 */
export function readProfile(
  text: string,
  profileFile: string,
  plan: Plan,
  outputs: readonly string[],
): ReferenceProfile {
  const profile = parseProfile(text, profileFile);
  const vector = plan.vector.map((feature) =>
    signature(feature.name, feature.kind === 'value' ? feature.categories : null),
  );
  assertSame('features', profile.features, vector, profileFile);
  assertSame(
    'outputs',
    profile.outputs,
    outputs.map((name) => signature(name, null)),
    profileFile,
  );
  if (plan.monitor.seasonal) assertHours(profile, plan.monitor.window.zone, profileFile);
  return profile;
}

function assertSame(
  what: string,
  signals: ReferenceProfile['features'],
  wanted: readonly string[],
  path: string,
): void {
  const found = signals.map((signal) =>
    signature(signal.name, signal.kind === 'categorical' ? signal.categories : null),
  );
  const length = Math.max(found.length, wanted.length);
  for (let place = 0; place < length; place++) {
    if (found[place] === wanted[place]) continue;
    throw new AppError(
      'PROFILE_INVALID',
      `${path}: ${what}[${place}] is ${found[place] ?? 'missing'}, the pipeline has ${wanted[place] ?? 'none'}. Make it again with \`millrace model profile\`.`,
    );
  }
}

function assertHours({ hours }: ReferenceProfile, zone: string, path: string): void {
  if (hours?.zone === zone) return;
  throw new AppError(
    'PROFILE_INVALID',
    `${path}: monitor.seasonal needs the rows by hour of the week in the zone ${zone}, it has ${hours ? `them in ${hours.zone}` : 'none'}. ` +
      'Make it again with `millrace model profile` and this pipeline, from a sample with `at`, or set monitor.seasonal to false.',
  );
}

function signature(name: string, categories: readonly unknown[] | null): string {
  return categories === null ? name : `${name} of ${JSON.stringify(categories)}`;
}
