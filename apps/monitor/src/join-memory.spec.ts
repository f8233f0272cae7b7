import { Journal } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { InboundRecord, OutboundRecord, ScoredRow } from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import { isSampled } from './id-sample.ts';
import { JoinTable, type TracedRow } from './join-table.ts';
import { BenchTraffic, benchProfile, scatter, scatteredLabel } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
const BUDGET = 100_000;

const traced = (id: string, at: number): TracedRow => {
  const named = { id, at, key: null, origin: { partition: 0, offset: 0 }, attempts: 0, scoredAt: 0 };
  const row: ScoredRow = {
    kind: 'scored',
    ...named,
    version: '1',
    variant: 'c',
    vector: new Float32Array(20),
    outputs: new Float64Array(2),
  };
  return { row, traceparent: undefined };
};

describe('the memory of the join', () => {
  /** As a stage does: a row, and what there is no room for. */
  function fill(table: JoinTable, from: number, to: number): number {
    let given = 0;
    for (let n = from; n < to; n++) {
      table.addRow(n, traced(`id ${n}`, n));
      given += table.shrink().length;
    }
    return given;
  }

  it('stays within its budget, whatever comes: by a sample of ids', () => {
    const table = new JoinTable(1e9, BUDGET, new Journal());
    const given = fill(table, 0, 20_000);
    expect(table.bytes).toBeLessThanOrEqual(BUDGET);
    expect(table.level).toBeGreaterThan(4);
    expect(table.rows).toBeGreaterThan(40);
    expect(given).toBeGreaterThan(0);
    const ids = table.waiting().rows.map(({ row }) => row.id);
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, n) => `id ${n}`).filter((id) => isSampled(id, table.level)));
  });

  it('is as it was where a batch that had no room is taken back', () => {
    const journal = new Journal();
    const table = new JoinTable(1e9, BUDGET, journal);
    fill(table, 0, 100);
    journal.forget();
    const look = () => [table.bytes, table.level, table.keptFrom(), table.waiting().rows.map(({ row }) => row.id)];
    const before = look();
    fill(table, 100, 2000);
    expect(look()).not.toEqual(before);
    journal.rollback(0);
    expect(look()).toEqual(before);
  });

  it('takes all ids again when it is empty', () => {
    const table = new JoinTable(10, BUDGET, new Journal());
    fill(table, 0, 1000);
    expect(table.level).toBeGreaterThan(0);
    table.expire(5000);
    expect([table.rows, table.bytes, table.level]).toEqual([0, 0, 0]);
  });
});

describe('a sampled join', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 10 }, warm_up: 0ms, join: { memory: 64kB } }');
  });

  function records(): OutboundRecord[] {
    const traffic = new BenchTraffic(plan);
    const clocks = (at: number): OutboundRecord[] =>
      [0, 1].flatMap((partition) => [traffic.progress(partition, at), traffic.clock(partition, 0, at)]);
    const out = clocks(0);
    for (let n = 0; n < 1200; n++) {
      const [at, p] = [n * 36_000, scatter(n + 700)];
      out.push(traffic.row(`r${n}`, n % 2, { at, x: scatter(n), c: n % 2, p }));
      out.push(traffic.outcome(`r${n}`, n % 2, at + HOUR / 2, scatteredLabel(n, p)));
      if (n % 100 === 99) out.push(...clocks(at + 36_000));
    }
    return out;
  }

  async function run(restarts: boolean): Promise<MonitorBench> {
    const profiles = new Map([['1', benchProfile(plan, { labelled: true })]]);
    const bench = await MonitorBench.start({ plan, outputs: ['p'], profiles });
    for (const record of records()) bench.append(record);
    while (bench.inputs.some((at) => bench.behind(at) > 0)) {
      for (const at of bench.inputs) {
        if (restarts) bench.step(at, 20, { abort: true });
        bench.step(at, 20);
        if (restarts) await bench.restart();
      }
    }
    return bench;
  }

  const json = <T>({ value }: InboundRecord): T => JSON.parse(String(value)) as T;
  const examples = (bench: MonitorBench): InboundRecord[] =>
    [0, 1].flatMap((partition) => [...bench.of(plan.names.examples, partition)]);
  const labels = (bench: MonitorBench): InboundRecord[] =>
    bench.of(plan.names.ledger).filter(({ key }) => String(key).includes('/window/labels/'));

  it('says so with every example and metric, and is right about its coverage', async () => {
    const bench = await run(false);
    const last = json<{ id: string; sample_rate?: number }>(examples(bench).at(-1) as InboundRecord);
    expect(last.sample_rate).toBeLessThan(1);
    expect(isSampled(last.id, -Math.log2(last.sample_rate as number))).toBe(true);
    const windows = labels(bench).map((record) =>
      json<{
        rows: number;
        performance: { coverage: { matured: number; labelled: number; share: number; sample_rate: number } };
      }>(record),
    );
    const { coverage } = windows.at(-1)?.performance ?? {};
    expect(coverage?.sample_rate).toBeLessThan(0.8);
    expect(coverage?.matured).toBeCloseTo(100 * (coverage?.sample_rate ?? 0), 9);
    expect(windows.map(({ performance }) => performance.coverage.share)).toEqual(windows.map(() => 1));
    const rows = bench.of(plan.names.ledger).filter(({ key }) => String(key).includes('/window/rows/'));
    expect(rows.map((record) => json<{ rows: number }>(record).rows)).toEqual(rows.map(() => 100));
  });

  it('is the same sample after restarts and aborts', async () => {
    const [straight, restarted] = [await run(false), await run(true)];
    const lines = (found: readonly InboundRecord[]) => found.map(({ key, value }) => `${String(key)} ${String(value)}`);
    expect(lines(examples(restarted))).toEqual(lines(examples(straight)));
    expect(lines(labels(restarted))).toEqual(lines(labels(straight)));
  });
});
