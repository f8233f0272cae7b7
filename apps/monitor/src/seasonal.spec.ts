import { buildProfile, HOURS_OF_WEEK, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { decodeCountsRecord, type InboundRecord, type OutboundRecord } from '@millrace/records';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { BenchTraffic, scatter } from './testing/bench-traffic.ts';
import { benchPlan, MonitorBench } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
/** 1 January 1970 was a Thursday. */
const MONDAY = 4 * 24 * HOUR;
const LANES = [0, 1];

/** What x is in row n of an hour: it goes with the time of day. */
const x = (at: number, n: number): number => (scatter(n) + (Math.floor(at / HOUR) % 24)) / 24;

interface Told {
  readonly signal: string;
  readonly event: string;
  readonly by_hour?: number;
}
interface Window {
  readonly start: string;
  readonly rows: number;
  readonly judged: boolean;
  readonly hours?: readonly number[];
  readonly by_hour?: number;
  readonly signals: Readonly<Record<string, { readonly psi?: number }>>;
}

describe('a pipeline that is seasonal', () => {
  let plan: Plan;
  let plain: Plan;

  beforeAll(async () => {
    const monitor = (more: string): Promise<Plan> =>
      benchPlan(`{ window: { every: 1h, min_rows: 40 }, warm_up: 0s${more} }`);
    [plan, plain] = await Promise.all([monitor(', seasonal: true'), monitor('')]);
  });

  /** Of four weeks with 40 rows an hour, but for an hour of the day. */
  function profile(without: number | null = null): ReferenceProfile {
    const rows = Array.from({ length: 4 * HOURS_OF_WEEK * 40 }, (_, i) => {
      const at = MONDAY + Math.floor(i / 40) * HOUR + i;
      return { at, label: null, vector: Float32Array.of(x(at, i), i % 2), outputs: [scatter(i + 500)] };
    }).filter(({ at }) => Math.floor(at / HOUR) % 24 !== without);
    const features = [
      { name: 'x', categories: null },
      { name: 'c', categories: ['a', 'b'] },
    ];
    const { window, seasonal } = plan.monitor;
    return buildProfile({ model: 'm', version: '1', features, outputs: ['p'], window, seasonal }, rows);
  }

  /** Hours of 100 rows; x is 7 hours less from `shiftedFrom` on. */
  function hours(count: number, shiftedFrom = Number.POSITIVE_INFINITY): OutboundRecord[] {
    const traffic = new BenchTraffic(plan);
    const clocks = (at: number): OutboundRecord[] => LANES.map((lane) => traffic.progress(lane, at));
    const rows = Array.from({ length: count }, (_, hour) => [
      ...Array.from({ length: 100 }, (__, i) => {
        const [n, at] = [hour * 100 + i, MONDAY + hour * HOUR + i * 36_000];
        const moved = hour >= shiftedFrom ? 0.3 : 0;
        return traffic.row(`r${n}`, i % 2, { at, x: x(at, n + 71) - moved, c: n % 2, p: scatter(n + 700) });
      }),
      ...clocks(MONDAY + (hour + 1) * HOUR),
    ]);
    return [...clocks(MONDAY), ...rows.flat()];
  }

  const start = (counted: Plan = plan, reference = profile()): Promise<MonitorBench> =>
    MonitorBench.start({ plan: counted, outputs: ['p'], profiles: new Map([['1', reference]]) });

  async function watched(records: readonly OutboundRecord[], counted?: Plan, reference?: ReferenceProfile) {
    const bench = await start(counted, reference);
    for (const record of records) bench.append(record);
    bench.drain();
    return bench;
  }

  const json = ({ value }: InboundRecord): unknown => JSON.parse(String(value));
  const alerts = (bench: MonitorBench) => bench.of(plan.names.alerts).map((one) => json(one) as Told);
  const windows = (bench: MonitorBench) =>
    bench
      .of(plan.names.ledger)
      .filter(({ key }) => String(key).includes('/window/rows/'))
      .map((one) => json(one) as Window);

  it('does not alarm on what is usual at that hour, where the whole reference would', async () => {
    const records = hours(30);
    const seasonal = await watched(records);
    expect(alerts(seasonal)).toEqual([]);
    expect(new Set(alerts(await watched(records, plain)).map(({ signal }) => signal))).toEqual(new Set(['x']));
    for (const { by_hour, rows, hours: counted } of windows(seasonal)) {
      expect([by_hour, rows]).toEqual([1, 100]);
      expect(counted?.filter((count) => count > 0)).toEqual([100]);
    }
    expect(windows(seasonal).map(({ hours: counted = [] }) => counted.indexOf(100))).toEqual(
      Array.from({ length: 24 + 6 }, (_, hour) => hour),
    );
  });

  it('alarms on what is not usual at that hour, and names it', async () => {
    const [first] = alerts(await watched(hours(34, 28)));
    expect(first).toMatchObject({ signal: 'x', event: 'opened', by_hour: 1, moved: expect.any(Array) });
  });

  it('says which share of a window was compared with its own hours, where the reference lacks some', async () => {
    const told = windows(await watched(hours(30), plan, profile(5)));
    expect(
      told.filter(({ by_hour }) => by_hour !== 1).map(({ start: at, by_hour }) => [at.slice(11), by_hour]),
    ).toEqual([
      ['05:00:00Z', 0],
      ['05:00:00Z', 0],
    ]);
  });

  it('says nothing of hours where it is not seasonal', async () => {
    const [first] = windows(await watched(hours(3), plain));
    expect(first).not.toHaveProperty('by_hour');
    expect(first).not.toHaveProperty('hours');
  });

  describe('in windows that were begun under another setting', () => {
    const twoHours = (seasonal: boolean): Promise<Plan> =>
      benchPlan(`{ window: { every: 2h, min_rows: 40 }, warm_up: 0s, seasonal: ${seasonal} }`);

    /** The window of two hours of which a half was counted before the setting changed. */
    async function changed(before: boolean, after: boolean): Promise<Window | undefined> {
      const bench = await start(await twoHours(before));
      const records = hours(4);
      const cut = records.length - 100;
      for (const record of records.slice(0, cut)) bench.append(record);
      bench.drain();
      await bench.restart({ plan: await twoHours(after) });
      for (const record of records.slice(cut)) bench.append(record);
      bench.drain();
      return windows(bench).at(-1);
    }

    it('compares with the whole reference, as far as hours were not counted', async () => {
      const { by_hour, ...window } = (await changed(false, true)) as Window;
      expect(window).toMatchObject({ rows: 200, judged: true });
      expect(by_hour).toBeGreaterThan(0.4);
      expect(by_hour).toBeLessThan(0.6);
    });

    it('compares with the whole reference where it is no longer seasonal', async () => {
      const psi = async (before: boolean): Promise<number | undefined> =>
        (await changed(before, false))?.signals['x']?.psi;
      expect(await psi(true)).toBeGreaterThan(1);
      expect(await psi(true)).toBe(await psi(false));
    });
  });

  it('counts hours exactly, whatever aborts and restarts lie between, in whatever steps the topics are read', async () => {
    const records = hours(12, 8);
    const straight = await watched(records);
    const told = (bench: MonitorBench) => ({ windows: windows(bench), alerts: bench.of(plan.names.alerts).map(json) });
    expect(told(straight).alerts).not.toEqual([]);
    const act = fc.record({
      lane: fc.nat({ max: 2 }),
      most: fc.integer({ min: 1, max: 300 }),
      fate: fc.constantFrom('commit', 'abort', 'restart'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (actions) => {
        const bench = await start();
        for (const record of records) bench.append(record);
        const lanes = bench.inputs.filter(({ topic }) => topic !== plan.names.joinOutcomes);
        for (const { lane, most, fate } of actions) {
          bench.step(lanes[lane] as (typeof lanes)[number], most, { abort: fate === 'abort' });
          if (fate === 'restart') await bench.restart();
        }
        bench.drain(97);
        expect(told(bench)).toEqual(told(straight));
      }),
      { numRuns: 15 },
    );
  });

  it('counts no hours in a delta where it is not', async () => {
    const bench = await watched(hours(2), plain);
    for (const { value } of bench.of(plan.names.counts))
      expect(decodeCountsRecord(value as Buffer)).not.toHaveProperty('hours');
  });
});
