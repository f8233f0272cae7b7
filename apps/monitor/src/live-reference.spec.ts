import { cellsOfEach } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { decodeCountsRecord, type InboundRecord, type OutboundRecord } from '@millrace/records';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { decodeLedger } from './merge-ledger.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import { BenchTraffic, scatter } from './testing/bench-traffic.ts';
import { benchPlan, MonitorBench } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;

interface Told {
  readonly signal: string;
  readonly version: string;
  readonly reference?: string;
  readonly event: string;
}

describe('a version without a profile', () => {
  let plan: Plan;
  let traffic: BenchTraffic;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 1h }');
  });

  const start = (observer: MonitorObserver = {}): Promise<MonitorBench> => {
    traffic = new BenchTraffic(plan);
    return MonitorBench.start({ plan, outputs: ['p'], profiles: new Map(), observer });
  };

  /** Hours of 100 rows in two partitions; x is small from `shiftedFrom` on. */
  function hours(count: number, shiftedFrom = Number.POSITIVE_INFINITY): OutboundRecord[] {
    const clocks = (at: number): OutboundRecord[] => [traffic.progress(0, at), traffic.progress(1, at)];
    const rows = Array.from({ length: count }, (_, hour) => [
      ...Array.from({ length: 100 }, (__, i) => {
        const [n, at] = [hour * 100 + i, hour * HOUR + i * 36_000];
        const x = scatter(n) * (hour >= shiftedFrom ? 0.3 : 1);
        return traffic.row(`r${n}`, i % 2, { at, x, c: n % 2, p: scatter(n + 700) });
      }),
      ...clocks((hour + 1) * HOUR),
    ]);
    return [...clocks(0), ...rows.flat()];
  }

  async function watched(records: () => OutboundRecord[], observer?: MonitorObserver): Promise<MonitorBench> {
    const bench = await start(observer);
    for (const record of records()) bench.append(record);
    bench.drain();
    return bench;
  }

  const json = ({ value }: InboundRecord): unknown => JSON.parse(String(value));
  const alerts = (bench: MonitorBench): readonly Told[] => bench.of(plan.names.alerts).map((one) => json(one) as Told);
  const windows = (bench: MonitorBench) =>
    bench
      .of(plan.names.ledger)
      .filter(({ key }) => String(key).includes('/window/rows/'))
      .map((one) => json(one) as { rows: number; reference?: string; signals: object; counts: number[][] });
  const reference = (bench: MonitorBench) =>
    decodeLedger(
      bench.of(plan.names.ledger).findLast(({ key }) => String(key) === `monitor/${plan.featureSet}`)?.value as Buffer,
    ).live.get('1');

  it('is compared with its first 2,000 rows, and of a day at least, from then on', async () => {
    const bench = await watched(() => hours(30));
    const marks = windows(bench).map(({ reference: mark }) => mark);
    // the first hour is warm-up
    expect(marks).toEqual([
      ...Array.from({ length: 24 }, () => 'learning'),
      ...Array.from({ length: 5 }, () => 'live'),
    ]);
    expect(reference(bench)).toMatchObject({ rows: 2400, sketches: [] });
    expect(reference(bench)?.profile).toMatchObject({ source: 'live', rows: 2400, from: '1970-01-01T01:00:00.000Z' });
    expect(alerts(bench)).toEqual([]);
  });

  it('does not alarm while its reference is learnt, whatever changes', async () => {
    const bench = await watched(() => hours(25, 12));
    expect(windows(bench).every(({ signals }) => Object.keys(signals).length === 0)).toBe(true);
    expect(alerts(bench)).toEqual([]);
  });

  it('alarms on a change after that, and says that the reference is of live rows', async () => {
    const bench = await watched(() => hours(34, 28));
    expect(alerts(bench)[0]).toMatchObject({ signal: 'x', event: 'opened', version: '1', reference: 'live' });
    expect(new Set(alerts(bench).map(({ signal }) => signal))).toEqual(new Set(['x']));
  });

  it('counts all rows of a window on the bins of its reference', async () => {
    const bench = await watched(() => hours(30));
    for (const { rows, counts } of windows(bench).slice(-5))
      expect(counts.slice(0, 3).map((bins) => bins.reduce((all, n) => all + n, 0))).toEqual([rows, rows, rows]);
  });

  it('is told of: how many rows its reference has, and whether it is full', async () => {
    const told: unknown[] = [];
    await watched(() => hours(27), { learnt: (...what) => void told.push(what) });
    expect(told.at(0)).toEqual(['1', 100, false]);
    expect(told.at(-3)).toEqual(['1', 2400, true]);
    expect(told.at(-1)).toEqual(['1', 2400, true]);
  });

  it('takes no more room than its cells, however many rows come', async () => {
    const bench = await watched(() => hours(10));
    const sizes = reference(bench)?.sketches.map(({ length }) => length) ?? [];
    expect(sizes).toHaveLength(3);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(3 + 2 * cellsOfEach(3));
    const deltas = bench.of(plan.names.counts).map(({ value }) => decodeCountsRecord(value as Buffer));
    expect(deltas.some((record) => record.kind === 'delta' && record.subject === 'sketches')).toBe(true);
  });

  it('gets the same reference and alerts, whatever aborts and restarts lie between, in whatever steps the topics are read', async () => {
    const straight = await watched(() => hours(34, 28));
    const told = (bench: MonitorBench) => ({ alerts: alerts(bench), reference: reference(bench) });
    expect(told(straight).alerts.length).toBeGreaterThan(0);
    const act = fc.record({
      lane: fc.nat({ max: 2 }),
      most: fc.integer({ min: 1, max: 700 }),
      fate: fc.constantFrom('commit', 'abort', 'restart'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (actions) => {
        const bench = await start();
        for (const record of hours(34, 28)) bench.append(record);
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
});
