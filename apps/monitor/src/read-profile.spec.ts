import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readProfile } from './read-profile.ts';
import { benchProfile } from './testing/bench-traffic.ts';
import { benchPlan } from './testing/monitor-bench.ts';

describe('the profile beside a model', () => {
  let plan: Plan;
  let folder: string;
  let profileFile: string;

  beforeAll(async () => {
    plan = await benchPlan('{}');
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    profileFile = join(folder, 'profile.json');
    await writeFile(profileFile, formatProfile(benchProfile(plan)));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('is read where it fits the pipeline', async () => {
    expect(await readProfile({ profileFile }, plan, ['p'])).toEqual(benchProfile(plan));
  });

  it('may be missing', async () => {
    expect(await readProfile({ profileFile: null }, plan, ['p'])).toBeNull();
  });

  it.each([
    [['q'], (same: Plan) => same, /outputs\[0\] is p, the pipeline has q/],
    [['p', 'q'], (same: Plan) => same, /outputs\[1\] is missing, the pipeline has q/],
    [
      ['p'],
      (same: Plan): Plan => ({ ...same, vector: same.vector.slice(0, 1) }),
      /features\[1\] is c of \["a","b"\], the pipeline has none/,
    ],
    [
      ['p'],
      (same: Plan): Plan => ({
        ...same,
        vector: same.vector.map((feature) => ({ ...feature, categories: null }) as Plan['vector'][number]),
      }),
      /features\[1\] is c of .*, the pipeline has c\./,
    ],
  ])('is refused where it does not: outputs %j', async (outputs, change, message) => {
    await expect(readProfile({ profileFile }, change(plan), outputs)).rejects.toThrow(message);
  });
});
