import type { Plan } from '@millrace/pipeline';
import { encodeCountsRecord, type OutboundRecord, type SkewRecord } from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import type { SkewState } from './skew-state.ts';
import { BenchTraffic, benchProfile } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;

describe('the merge, of predictions that were computed again,', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 10 }, warm_up: 0s, skew: 0.5 }');
  });

  const start = (onSkew: (state: SkewState) => void = () => undefined): Promise<MonitorBench> =>
    MonitorBench.start({ plan, outputs: ['p'], profiles: new Map([['1', benchProfile(plan)]]), onSkew });

  /** What was found in an hour: of 5 vectors x differs in so many, c in none. */
  function found(hour: number, differ: number, more: Partial<SkewRecord> = {}): OutboundRecord {
    const value = encodeCountsRecord({
      kind: 'skew',
      version: '1',
      variant: 'champion',
      start: hour * HOUR,
      end: (hour + 1) * HOUR,
      rows: 5,
      features: [
        { feature: 'x', differ, first: differ > 0 ? `id ${hour}` : null },
        { feature: 'c', differ: 0, first: null },
      ],
      ...more,
    });
    return { topic: plan.names.counts, partition: 0, key: null, value };
  }

  const alerts = (bench: MonitorBench): unknown[] =>
    bench.of(plan.names.alerts).map(({ value }) => JSON.parse(String(value)) as unknown);

  it('alarms when all differ for two windows, and says which feature, what share, and an example', async () => {
    const bench = await start();
    for (const hour of [0, 1]) bench.append(found(hour, 0));
    for (const hour of [2, 3]) bench.append(found(hour, 5));
    bench.drain();
    expect(alerts(bench)).toMatchObject([
      {
        event: 'opened',
        signal: 'skew.x',
        severity: 'warning',
        onset: '1970-01-01T02:00:00Z',
        opened_at: '1970-01-01T04:00:00Z',
        floor: 0.02,
        rows: 5,
        affected_rows: 5,
        example: 'id 3',
        moved: [
          { bin: 'differs', from: 0.001, to: 1 },
          { bin: 'as computed again', from: 0.999, to: 0 },
        ],
      },
    ]);
  });

  it('does not alarm on one in 1,000, which live traffic has, and does on one in 20', async () => {
    const share = async (differ: number): Promise<number> => {
      const bench = await start();
      const features = [{ feature: 'x', differ, first: 'a' }];
      for (let hour = 0; hour < 500; hour++) bench.append(found(hour, 0, { rows: 1000, features }));
      bench.drain();
      return alerts(bench).length;
    };
    expect(await share(1)).toBe(0);
    expect(await share(50)).toBeGreaterThan(0);
  });

  it('suspects nothing after thousands of windows in which all is the same', async () => {
    const bench = await start();
    for (let hour = 0; hour < 3000; hour++) bench.append(found(hour, 0));
    bench.drain();
    expect([...bench.stage.watches().values()].map((watches) => watches.get('skew.x')?.state)).toEqual(['ok']);
  });

  it('counts a window once, however often it is told, and tells the same after aborts and restarts', async () => {
    const once = await start();
    const again = await start();
    for (const hour of [0, 1, 2, 3, 4, 5, 6]) {
      const record = found(hour, hour < 4 ? 5 : 0);
      once.append(record);
      for (let i = 0; i < 3; i++) again.append(record);
      again.append(found(hour - 1, 5));
    }
    once.drain();
    const counts = { topic: plan.names.counts, partition: 0 };
    for (let step = 0; again.behind(counts) > 0; step++) {
      again.step(counts, 2, { abort: step % 3 === 1 });
      if (step % 3 === 2) await again.restart();
    }
    expect(alerts(again)).toEqual(alerts(once));
    expect(alerts(once)).toMatchObject([{ event: 'opened' }, { event: 'resolved' }]);
  });

  it('says of nothing compared that it knows nothing', async () => {
    const bench = await start();
    for (const hour of [0, 1, 2, 3]) bench.append(found(hour, 0, { rows: 0 }));
    bench.drain();
    expect([...bench.stage.watches().values()].map((watches) => watches.get('skew.x')?.state)).toEqual([
      'insufficient_data',
    ]);
  });

  it('has the newest window due that has closed, also after a restart, until something is known of it', async () => {
    let state: SkewState = new Map();
    const bench = await start((now) => (state = now));
    const traffic = new BenchTraffic(plan);
    const clocks = (at: number): void => [0, 1].forEach((partition) => bench.append(traffic.progress(partition, at)));
    clocks(0);
    for (let i = 0; i < 60; i++) bench.append(traffic.row(`r${i}`, i % 2, { at: i * (HOUR / 30) }));
    clocks(2 * HOUR);
    bench.drain();
    const due = { start: HOUR, end: 2 * HOUR };
    expect([...state]).toEqual([['["1","champion"]', { due, checkedTo: null }]]);
    state = new Map();
    await bench.restart();
    expect([...state.values()]).toEqual([{ due, checkedTo: null }]);
    bench.append(found(1, 0));
    bench.drain();
    expect([...state.values()]).toEqual([{ due: null, checkedTo: 2 * HOUR }]);
  });
});
