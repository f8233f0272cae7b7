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

  it('is refused without the hours of the week that a seasonal pipeline asks for', async () => {
    const seasonal = await benchPlan('{ seasonal: true, window: { zone: Europe/Berlin } }');
    const read = (plan: Plan, profile: string) => () => readProfile(profile, 'profile.json', plan, ['p']);
    expect(read(seasonal, text)).toThrow(
      /profile.json: monitor.seasonal needs the rows by hour of the week in the zone Europe\/Berlin, it has none. Make it again/,
    );
    const utc = formatProfile(benchProfile(await benchPlan('{ seasonal: true }')));
    expect(read(seasonal, utc)).toThrow(/it has them in UTC/);
    expect(read(plan, utc)).not.toThrow();
    expect(read(seasonal, formatProfile(benchProfile(seasonal)))).not.toThrow();
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
