import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { decodeCountsRecord } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { BenchTraffic, benchProfile } from './testing/bench-traffic.ts';
import { benchPlan, MonitorBench } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;

describe('a version that is not there when the monitor starts', () => {
  let plan: Plan;
  let traffic: BenchTraffic;
  let registry: Map<string, ReferenceProfile>;
  let reads: number;

  beforeEach(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 0h }');
    traffic = new BenchTraffic(plan);
    registry = new Map([['1', benchProfile(plan)]]);
    reads = 0;
  });

  const readProfiles = async (): Promise<ReadonlyMap<string, ReferenceProfile>> => {
    reads++;
    return new Map(registry);
  };
  const start = (): Promise<MonitorBench> =>
    MonitorBench.start({ plan, outputs: ['p'], profiles: new Map(registry), readProfiles });
  const clocks = (at: number) => [traffic.progress(0, at), traffic.progress(1, at)];
  const rows = (version: string, hour: number) =>
    Array.from({ length: 60 }, (_, i) =>
      traffic.row(`${hour} ${i}`, i % 2, { at: hour * HOUR + i, version, c: i % 2 }),
    );
  const subjects = (bench: MonitorBench) =>
    new Set(
      bench.of(plan.names.counts).flatMap(({ value }) => {
        const record = decodeCountsRecord(value as Buffer);
        return record.kind === 'delta' ? `${record.version} ${record.subject}` : [];
      }),
    );
  const judged = (bench: MonitorBench) =>
    bench
      .of(plan.names.ledger)
      .filter(({ key }) => String(key).includes('/window/rows/2/'))
      .map(({ value }) => Object.keys((JSON.parse(String(value)) as { signals: object }).signals).length > 0);

  it('is counted and judged by its own profile from its first row on', async () => {
    const bench = await start();
    for (const record of [...clocks(0), ...rows('1', 0)]) bench.append(record);
    bench.drain();
    const before = reads;
    registry.set('2', benchProfile(plan));
    for (const record of [...rows('2', 1), ...clocks(2 * HOUR)]) bench.append(record);
    await bench.drainWaiting();
    expect(subjects(bench)).toEqual(new Set(['1 rows', '1 labels', '2 rows', '2 labels']));
    expect(judged(bench)).toEqual([true]);
    expect(reads - before).toBe(1);
  });

  it('is looked for once where it has no profile', async () => {
    const bench = await start();
    const before = reads;
    for (const record of [...clocks(0), ...rows('2', 1), ...clocks(2 * HOUR)]) bench.append(record);
    await bench.drainWaiting();
    expect(subjects(bench)).toEqual(new Set(['2 sketches']));
    expect(reads - before).toBe(1);
  });

  it('is found again by who merges after another instance, before anything of it is counted again', async () => {
    const bench = await start();
    registry.set('2', benchProfile(plan));
    for (const record of [...clocks(0), ...rows('2', 1)]) bench.append(record);
    await bench.drainWaiting();
    await bench.restart(); // with the profiles of the start
    for (const record of clocks(2 * HOUR)) bench.append(record);
    await bench.drainWaiting();
    expect(judged(bench)).toEqual([true]);
  });
});
