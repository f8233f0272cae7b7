import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { beforeAll, describe, expect, it } from 'vitest';

import { alertRecord } from './alert-record.ts';
import type { ClosedWindow } from './close-windows.ts';
import { judgeWindow, type Finding, type Watches } from './judge-window.ts';
import { monitoredModel } from './monitored-model.ts';
import { benchProfile } from './testing/bench-traffic.ts';
import { benchPlan } from './testing/monitor-bench.ts';
import { weighWindow } from './weigh-window.ts';

const HOUR = 3_600_000;

/** 500 rows: x and the score leave their upper half, c is a alone. */
const SHIFTED = [
  [100, 100, 100, 100, 100, 0, 0, 0, 0, 0, 0, 0],
  [500, 0, 0, 0, 0],
  [70, 70, 70, 70, 70, 30, 30, 30, 30, 30, 0, 0],
];

describe('a judged window', () => {
  let plan: Plan;
  let profile: ReferenceProfile;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 } }');
    profile = benchProfile(plan);
  });

  const window = (hour: number): ClosedWindow => ({
    subject: 'rows',
    version: '1',
    variant: 'champion',
    start: hour * HOUR,
    end: (hour + 1) * HOUR,
    rows: 500,
    counts: SHIFTED,
    blocks: [],
    enough: true,
  });

  /** What two such windows in a row lead to. */
  function findings(reference: ReferenceProfile): readonly Finding[] {
    const model = monitoredModel(reference, plan);
    const first: Watches = judgeWindow(window(0), weighWindow(window(0), model, null), new Map(), null).watches;
    return judgeWindow(window(1), weighWindow(window(1), model, null), first, null).findings;
  }

  const alerts = (reference: ReferenceProfile) =>
    findings(reference).map((finding) => {
      const { value } = alertRecord(finding, window(1), plan, false);
      return JSON.parse(String(value)) as Record<string, unknown>;
    });

  it('tells first what has the most evidence, with its share of all', () => {
    const found = findings(profile).map(({ ruled, share }) => [ruled.signal.name, share] as const);
    expect(found.map(([name]) => name)).toEqual(['c', 'x', 'outputs.p']);
    expect(found.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(found[0]?.[1]).toBeGreaterThan(found[1]?.[1] as number);
  });

  it('tells first what matters most where the profile knows it, and warns of it', () => {
    const told = alerts({ ...profile, importance: { x: 0.4, c: 0.01 } });
    expect(told.map(({ signal, severity }) => [signal, severity])).toEqual([
      ['x', 'warning'],
      ['outputs.p', 'warning'],
      ['c', 'info'],
    ]);
    expect(alerts(profile).map(({ severity }) => severity)).toEqual(['info', 'info', 'warning']);
  });

  it('tells with the first window where one is enough, and how probable its shift was', async () => {
    const opened = (of: Plan) =>
      judgeWindow(window(0), weighWindow(window(0), monitoredModel(profile, of), null), new Map(), null).findings.map(
        (finding) => JSON.parse(String(alertRecord(finding, window(0), of, false).value)) as Record<string, unknown>,
      );
    expect(opened(plan)).toEqual([]);
    const atOnce = opened(await benchPlan('{ window: { every: 1h, min_rows: 40 }, persistence: 1 }'));
    expect(atOnce.map(({ signal }) => signal)).toEqual(['c', 'x', 'outputs.p']);
    expect(atOnce[0]).toMatchObject({ event: 'opened', shift_p: 1 });
    expect(atOnce[1]?.['shift_p']).toBeLessThan(1e-9);
    expect(alerts(profile)[0]).not.toHaveProperty('shift_p');
  });

  it('weighs rows of few blocks as few rows', () => {
    const model = monitoredModel(profile, plan);
    const opened = (blocks: number): number => {
      const [one, two] = [0, 1].map((hour) => ({
        ...window(hour),
        blocks: Array.from({ length: blocks }, (_, i) => i),
      }));
      const { watches } = judgeWindow(
        one as ClosedWindow,
        weighWindow(one as ClosedWindow, model, null),
        new Map(),
        null,
      );
      return judgeWindow(two as ClosedWindow, weighWindow(two as ClosedWindow, model, null), watches, null).findings
        .length;
    };
    expect([opened(500), opened(4)]).toEqual([3, 0]);
  });

  it('says how far values have moved, where they have an order', () => {
    const [c, x] = alerts(profile);
    // half of the rows are 0.5 lower; x is even in [0, 1)
    expect(x?.['w1']).toBeCloseTo(0.25 / Math.sqrt(1 / 12), 2);
    expect(x?.['ks']).toBeCloseTo(0.5, 2);
    expect([c?.['w1'], c?.['ks']]).toEqual([null, null]);
  });
});
