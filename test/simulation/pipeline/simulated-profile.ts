import { buildProfile, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

const ROWS = 400;

const made = new WeakMap<Plan, ReferenceProfile>();

/** A profile that the monitor can count by; what it says of drift is of no interest here. Made once for each plan. */
export function simulatedProfile(plan: Plan): ReferenceProfile {
  const profile = made.get(plan) ?? makeProfile(plan);
  made.set(plan, profile);
  return profile;
}

function makeProfile(plan: Plan): ReferenceProfile {
  const scatter = (i: number): number => ((i * 7919 + 13) % 10007) / 10007;
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    at: i,
    label: null,
    vector: Float32Array.from(plan.vector, (_, feature) => scatter(i + feature * 31) * 100),
    outputs: [scatter(i + 500) * 300],
  }));
  const features = plan.vector.map(({ name }) => ({ name, categories: null }));
  return buildProfile({ model: 'm', version: '1', features, outputs: ['p'], window: plan.monitor.window }, rows);
}
