import { describe, expect, it } from 'vitest';

import { planWarnings } from './plan-warnings.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = { 'e.json': objectSchema({ id: 'string', at: 'string', user: 'string', income: 'number' }) };

async function warnings(features: string, more = ''): Promise<string> {
  const plan = await testPlan(
    `apiVersion: millrace/v1\nname: s\nevents: { e: { schema: e.json, id: id, time: at }, sensitive: [income] }\npredict: { on: e, key: user, model: m, include_features: true }\nfeatures: [${features}]\n${more}`,
    SCHEMAS,
  );
  return planWarnings(plan).join('\n');
}

describe('planWarnings', () => {
  it('warns of a monitor window shorter than the cycle of a calendar feature', async () => {
    const weekday = `{ name: w, value: "weekday(at, 'UTC')" }`;
    expect(await warnings(weekday, 'monitor: { window: { every: 1d } }')).toContain('w follows the calendar');
    expect(await warnings(weekday, 'monitor: { window: { every: 7d } }')).not.toContain('calendar');
    expect(await warnings(`{ name: h, value: "hour(at, 'UTC')" }`, 'monitor: { window: { every: 1d } }')).not.toContain(
      'calendar',
    );
  });

  it('knows that a seasonal monitor compares with the same hours of the week, but not with the same minutes', async () => {
    const monitor = (every: string, seasonal: boolean): string =>
      `monitor: { seasonal: ${seasonal}, window: { every: ${every} } }`;
    const calendar = (name: string): string => `{ name: w, value: "${name}(at, 'UTC')" }`;
    expect(await warnings(calendar('weekday'), monitor('1d', false))).toContain('monitor.seasonal compares');
    for (const name of ['weekday', 'hour', 'minute'])
      expect(await warnings(calendar(name), monitor('1h', true))).not.toContain('calendar');
    expect(await warnings(calendar('minute'), monitor('15m', true))).toMatch(
      /is shorter than its cycle \(1h\).*window\.$/m,
    );
  });

  it('says which features are made of sensitive fields, and that a label is', async () => {
    expect(await warnings('{ name: i, value: "income / 12.0" }')).toContain('i is made of the sensitive field income');
    const window = '{ name: c, from: e, by: [user], over: 1h, take: count, where: "income > 5.0" }';
    expect(await warnings(window)).toContain('c is made of the sensitive field income');
    const outcome = 'outcome: { from: e, id: id, label: "income > 5.0", within: 1h }';
    expect(await warnings(window.replace('income', 'double(at)'), outcome)).toMatch(/^outcome.label is made of/m);
  });
});
