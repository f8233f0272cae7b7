import { formatProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { beforeAll, describe, expect, it } from 'vitest';

import { readProfile } from './read-profile.ts';
import { benchProfile } from './testing/bench-traffic.ts';
import { benchPlan } from './testing/monitor-bench.ts';

describe('the profile beside a model', () => {
  let plan: Plan;
  let text: string;

  beforeAll(async () => {
    plan = await benchPlan('{}');
    text = formatProfile(benchProfile(plan));
  });

  it('is read where it fits the pipeline', () => {
    expect(readProfile(text, 'profile.json', plan, ['p'])).toEqual(benchProfile(plan));
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
  ])('is refused where it does not: outputs %j', (outputs, change, message) => {
    expect(() => readProfile(text, 'profile.json', change(plan), outputs)).toThrow(message);
  });
});
