import type { Plan } from '@millrace/pipeline';
import { MetricRegistry, type Point } from '@millrace/platform';
import {
  decodeCountsRecord,
  decodeScoredRecord,
  headerText,
  type InboundRecord,
  type OutboundRecord,
} from '@millrace/records';
import type { StageOutput } from '@millrace/stream';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { addMonitorGauges } from './monitor-gauges.ts';
import { BenchTraffic, benchProfile, scatter } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;

const json = (record: InboundRecord): Record<string, unknown> =>
  JSON.parse(String(record.value)) as Record<string, unknown>;
const clocksAt = (traffic: BenchTraffic, at: number): OutboundRecord[] =>
  [0, 1].flatMap((partition) => [
    traffic.progress(partition, at),
    traffic.clock(partition, 0, at),
    traffic.clock(partition, 1, at),
  ]);

/** What may happen to one input. */
interface Action {
  readonly lane: number;
  readonly most: number;
  readonly fate: 'commit' | 'abort' | 'restart';
}

const action = (lanes: number, most: number): fc.Arbitrary<Action> =>
  fc.record({
    lane: fc.nat({ max: lanes }),
    most: fc.integer({ min: 1, max: most }),
    fate: fc.constantFrom('commit', 'abort', 'restart'),
  });

async function act(bench: MonitorBench, actions: readonly Action[], lanes: MonitorBench['inputs']): Promise<void> {
  for (const { lane, most, fate } of actions) {
    bench.step(lanes[lane] as MonitorBench['inputs'][number], most, { abort: fate === 'abort' });
    if (fate === 'restart') await bench.restart();
  }
}

describe('the monitor', () => {
  let plan: Plan;
  let traffic: BenchTraffic;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 1h }');
  });

  const start = (counted: Plan = plan): Promise<MonitorBench> => {
    traffic = new BenchTraffic(counted);
    return MonitorBench.start({ plan: counted, outputs: ['p'], profiles: new Map([['1', benchProfile(counted)]]) });
  };

  const examples = (bench: MonitorBench): InboundRecord[] =>
    [0, 1].flatMap((partition) => [...bench.of(plan.names.examples, partition)]);
  const alerts = (bench: MonitorBench): InboundRecord[] => [...bench.of(plan.names.alerts)];
  const deltas = (bench: MonitorBench) =>
    bench.of(plan.names.counts).flatMap(({ value }) => {
      const record = decodeCountsRecord(value as Buffer);
      return record.kind === 'delta' && record.subject === 'rows' ? [record] : [];
    });

  /** Hours (each `long` hours) of 50 rows in each partition, outcomes half an hour later, clocks behind every hour; x is small from `shiftedFrom` until `until`. */
  function hours(
    count: number,
    shiftedFrom = Number.POSITIVE_INFINITY,
    until = Number.POSITIVE_INFINITY,
    long = 1,
  ): OutboundRecord[] {
    const records = clocksAt(traffic, 0);
    for (let hour = 0; hour < count; hour++) {
      for (let i = 0; i < 100; i++) {
        const [n, at] = [hour * 100 + i, hour * long * HOUR + i * 36_000];
        const x = scatter(n) * (hour >= shiftedFrom && hour < until ? 0.3 : 1);
        records.push(traffic.row(`r${n}`, i % 2, { at, x, c: n % 2, p: scatter(n + 700) }));
        if (i % 10 < 8) records.push(traffic.outcome(`r${n}`, i % 2, at + HOUR / 2, i % 3 === 0 ? 1 : 0));
      }
      records.push(...clocksAt(traffic, (hour + 1) * long * HOUR));
    }
    return records;
  }

  describe('joins', () => {
    it.each(['row first', 'outcome first'])('a prediction with its outcome: %s', async (order) => {
      const bench = await start();
      const records = [traffic.row('a', 1, { at: 5 * HOUR, x: 0.25, p: 0.125 }), traffic.outcome('a', 1, 6 * HOUR)];
      for (const record of order === 'row first' ? records : records.toReversed()) {
        bench.append(record);
        bench.drain();
      }
      const [example] = examples(bench);
      expect(examples(bench)).toHaveLength(1);
      expect([example?.partition, String(example?.key)]).toEqual([1, 'key of a']);
      expect(json(example as InboundRecord)).toEqual({
        id: 'a',
        key: 'key of a',
        time: '1970-01-01T05:00:00Z',
        model: 'm',
        version: '1',
        variant: 'champion',
        feature_set: plan.featureSet,
        outputs: { p: 0.125 },
        features: { x: 0.25, c: 0 },
        scored_at: '1970-01-01T00:00:00.000Z',
        label: 1,
        label_time: '1970-01-01T06:00:00Z',
      });
      expect(headerText(example?.headers ?? [], 'ce_type')).toBe('millrace.example');
      expect(headerText(example?.headers ?? [], 'ce_id')).toBe('a');
    });

    it('a prediction of an integer beyond 2^53, in all its digits', async () => {
      traffic = new BenchTraffic(plan);
      const bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map() });
      bench.append(traffic.row('a', 0, { at: HOUR, p: 2 ** 53, lost: Float64Array.of(1) }));
      bench.append(traffic.outcome('a', 0, HOUR));
      bench.drain();
      expect(String(examples(bench)[0]?.value)).toContain('"outputs":{"p":9007199254740993}');
    });

    it('a label with its outcome, as the text that was predicted', async () => {
      traffic = new BenchTraffic(plan);
      const labels = new Map([['p', ['early', 'late']]]);
      const bench = await MonitorBench.start({ plan, outputs: ['p'], labels, profiles: new Map() });
      bench.append(traffic.row('a', 0, { at: HOUR, p: 1 }));
      bench.append(traffic.outcome('a', 0, HOUR));
      bench.drain();
      expect(json(examples(bench)[0] as InboundRecord).outputs).toEqual({ p: 'late' });
    });

    it('the first outcome of an id, and no second row of it', async () => {
      const bench = await start();
      const records = [
        traffic.row('a', 0, { at: HOUR }),
        traffic.outcome('a', 0, HOUR, 0),
        traffic.outcome('a', 0, HOUR, 1),
        traffic.row('a', 0, { at: HOUR }),
      ];
      for (const record of records) bench.append(record);
      bench.drain(1);
      expect(examples(bench).map((record) => json(record)['label'])).toEqual([0]);
    });

    it('says of an outcome that it contradicts the first of its id, also after a restart, and not of one that repeats it', async () => {
      traffic = new BenchTraffic(plan);
      let contradicted = 0;
      const observer = { contradicted: () => void contradicted++ };
      const bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map(), observer });
      const said = async (label: number): Promise<number> => {
        bench.append(traffic.outcome('a', 0, HOUR, label));
        bench.drain();
        await bench.restart();
        return contradicted;
      };
      bench.append(traffic.row('a', 0, { at: HOUR }));
      expect([await said(0), await said(0), await said(1), await said(0), await said(1)]).toEqual([0, 0, 1, 1, 2]);
      expect(examples(bench).map((record) => json(record)['label'])).toEqual([0]);
    });

    it('nothing that is further apart than `within`', async () => {
      const bench = await start();
      for (const record of [
        traffic.row('a', 0, { at: HOUR }),
        traffic.outcome('a', 0, 3 * HOUR + 1),
        traffic.row('b', 0, { at: HOUR }),
        traffic.outcome('b', 0, 3 * HOUR),
      ])
        bench.append(record);
      bench.drain();
      expect(examples(bench).map((record) => json(record)['id'])).toEqual(['b']);
    });

    it('until both clocks have passed, and no longer', async () => {
      const bench = await start();
      bench.append(traffic.row('a', 0, { at: HOUR }));
      bench.append(traffic.progress(0, 9 * HOUR));
      bench.append(traffic.clock(0, 0, 3 * HOUR));
      bench.drain();
      expect(bench.stage.gauges().rows).toBe(1);
      bench.append(traffic.clock(0, 0, 3 * HOUR + 1));
      bench.drain();
      expect(bench.stage.gauges().rows).toBe(0);
    });

    it('under the least clock of all inputs that have spoken', async () => {
      const bench = await start();
      for (const record of [
        traffic.row('a', 0, { at: HOUR }),
        traffic.progress(0, 9 * HOUR),
        traffic.clock(0, 7, 2 * HOUR),
        traffic.clock(0, 0, 9 * HOUR),
      ])
        bench.append(record);
      bench.drain();
      expect(bench.stage.gauges().rows).toBe(1);
    });

    it('with the trace of the row, and tells whose event it is', async () => {
      const bench = await start();
      const names = plan.names;
      bench.append(traffic.row('a', 0, { at: HOUR }));
      bench.append(traffic.outcome('a', 0, HOUR));
      const [row, outcome] = [
        bench.of(names.scored)[0] as InboundRecord,
        bench.of(names.joinOutcomes)[0] as InboundRecord,
      ];
      row.trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const { records } = bench.stage.process([row, outcome]) as StageOutput;
      expect(row.trace.eventId).toBe('a');
      expect(headerText(records[0]?.headers ?? [], 'traceparent')).toBe(row.trace.traceparent);
    });

    it('as a dead letter of its event what it cannot read', async () => {
      const bench = await start();
      const broken = { ...traffic.row('a', 0, { at: HOUR }), value: Buffer.from('?') };
      bench.append(broken);
      bench.append(traffic.row('b', 1, { at: HOUR, attempts: 2 }));
      const [record] = bench.of(plan.names.scored);
      expect(() => bench.stage.process([record as InboundRecord])).toThrow(RangeError);
      const error = new Error('why');
      const [letter] = bench.stage.poison(record as InboundRecord, error).deadLetters;
      expect(letter).toMatchObject({
        stage: 'monitor',
        code: 'POISON',
        reason: 'why',
        topic: plan.names.scored,
        offset: 0,
      });
      const { deadLetters, records } = bench.stage.poison(bench.of(plan.names.scored, 1)[0] as InboundRecord, error);
      const [known] = deadLetters;
      const counted = decodeCountsRecord(records[0]?.value as Buffer);
      expect(counted).toMatchObject({ kind: 'delta', subject: 'events', start: HOUR, counts: [[], { 0: 1, 5: 1 }] });
      expect(known).toMatchObject({ topic: plan.names.events, partition: 1, attempts: 2, type: plan.predict.on });
    });
  });

  describe('counts', () => {
    it('rows by the window of their own time, one delta a window, and its progress behind them', async () => {
      const bench = await start();
      const rows = [2.1, 3.1, 2.2].map((hour, i) => traffic.row(`${i}`, 0, { at: hour * HOUR }));
      for (const record of [traffic.progress(0, 0), ...rows, traffic.progress(0, 3 * HOUR)]) bench.append(record);
      bench.drain();
      expect(deltas(bench).map(({ start: from, end, rows: n }) => [from / HOUR, end / HOUR, n])).toEqual([
        [2, 3, 2],
        [3, 4, 1],
      ]);
      expect(decodeCountsRecord(bench.of(plan.names.counts).at(-1)?.value as Buffer)).toEqual({
        kind: 'progress',
        source: 0,
        at: 3 * HOUR,
        first: 0,
      });
    });

    it('no row before the warm-up is over, nor before any clock', async () => {
      const bench = await start();
      for (const record of [
        traffic.row('a', 0, { at: 9 * HOUR }),
        traffic.progress(0, 0, HOUR),
        traffic.row('b', 0, { at: 2 * HOUR - 1 }),
        traffic.row('c', 0, { at: 2 * HOUR }),
      ])
        bench.append(record);
      bench.drain();
      expect(deltas(bench).map(({ rows }) => rows)).toEqual([1]);
    });

    it('rows of a version without a profile as sketches, and says so', async () => {
      const seen: string[] = [];
      traffic = new BenchTraffic(plan);
      const bench = await MonitorBench.start({
        plan,
        outputs: ['p'],
        profiles: new Map(),
        observer: { unprofiled: (version) => seen.push(version) },
      });
      for (const record of [
        traffic.progress(0, 0),
        traffic.row('a', 0, { at: 5 * HOUR, version: '9' }),
        traffic.outcome('a', 0, 5 * HOUR),
      ])
        bench.append(record);
      bench.drain();
      const [delta] = bench.of(plan.names.counts).map(({ value }) => decodeCountsRecord(value as Buffer));
      expect(delta).toMatchObject({ subject: 'sketches', version: '9', rows: 1 });
      expect([deltas(bench).length, examples(bench).length, seen]).toEqual([0, 1, ['9']]);
    });

    it('the keys of its rows, where rows of one key are a block', async () => {
      const bench = await start(await benchPlan('{ window: { every: 1h, min_rows: 4 }, warm_up: 1h, block: key }'));
      const keys = ['k', 'k', 'l', 'm', 'l'];
      const rows = keys.map((key, i) => traffic.row(`${i}`, 0, { at: 5 * HOUR, key }));
      for (const record of [traffic.progress(0, 0), ...rows]) bench.append(record);
      bench.drain(4);
      expect(deltas(bench).map(({ blocks, rows: n }) => [blocks.length, n])).toEqual([
        [2, 3],
        [2, 2],
      ]);
      for (const record of clocksAt(traffic, 6 * HOUR)) bench.append(record);
      bench.drain();
      const [closed] = bench.of(plan.names.ledger).filter(({ key }) => String(key).includes('/window/rows/'));
      expect(json(closed as InboundRecord)).toMatchObject({ rows: 5, blocks: 3 });
    });

    it('the blocks that its rows carry, where these are another field, and each row that has none for itself', async () => {
      const bench = await start(await benchPlan('{ window: { every: 1h, min_rows: 4 }, warm_up: 1h, block: c }'));
      const blocks = [7, 7, 2 ** 32 - 1, 7];
      const rows = blocks.map((block, i) => traffic.row(`${i}`, 0, { at: 5 * HOUR, block, key: 'k' }));
      const alone = ['a', 'b'].map((id) => traffic.row(id, 1, { at: 5 * HOUR, key: 'k' }));
      for (const record of [...[0, 1].map((lane) => traffic.progress(lane, 0)), ...rows, ...alone])
        bench.append(record);
      bench.drain();
      expect(deltas(bench).map(({ blocks: hashes, rows: n }) => [hashes.length, n])).toEqual([
        [2, 4],
        [2, 2],
      ]);
      expect(deltas(bench)[0]?.blocks).toEqual([7, 2 ** 32 - 1]);
    });

    it('finite values beyond the range of the reference', async () => {
      const bench = await start();
      const at = 5 * HOUR;
      const rows = [-1, 0.5, 3, Number.POSITIVE_INFINITY, Number.NaN, 4].map((x, i) =>
        traffic.row(`${i}`, 0, { at, x, p: 1 }),
      );
      for (const record of [traffic.progress(0, 0), ...rows]) bench.append(record);
      bench.drain();
      // below and above of x, c (which has no order) and p
      expect(Array.from(deltas(bench)[0]?.counts.at(-1) ?? [])).toEqual([1, 2, 0, 0, 0, 6]);
    });

    it('late rows nowhere, and says so', async () => {
      const late: number[] = [];
      traffic = new BenchTraffic(plan);
      const observer = { leftOut: (rows: number) => void late.push(rows) };
      const bench = await MonitorBench.start({
        plan,
        outputs: ['p'],
        profiles: new Map([['1', benchProfile(plan)]]),
        observer,
      });
      for (const record of [...clocksAt(traffic, 0), ...clocksAt(traffic, 5 * HOUR)]) bench.append(record);
      bench.drain();
      bench.append(traffic.row('a', 0, { at: 3 * HOUR }));
      bench.drain();
      expect(late).toEqual([1]);
      for (let i = 0; i < 50; i++) bench.append(traffic.row(`b${i}`, 0, { at: 6 * HOUR }));
      for (const record of clocksAt(traffic, 7 * HOUR)) bench.append(record);
      bench.drain();
      const windows = bench.of(plan.names.ledger).filter(({ key }) => String(key).includes('/window/rows/'));
      expect(windows.map((record) => json(record)['late'])).toEqual([1]);
    });
  });

  describe('alerts', () => {
    it('when a shift lasts, with its evidence, and says which bins moved', async () => {
      const bench = await start();
      for (const record of hours(14, 8)) bench.append(record);
      bench.drain();
      const opened = alerts(bench).filter(
        (record) => headerText(record.headers, 'ce_type') === 'millrace.incident.opened',
      );
      expect(opened).toHaveLength(1);
      expect(String(opened[0]?.key)).toBe('1/champion/1970-01-01T10:00:00Z/x');
      expect(json(opened[0] as InboundRecord)).toMatchObject({
        signal: 'x',
        event: 'opened',
        state: 'open',
        severity: 'info',
        model: 'm',
        version: '1',
        variant: 'champion',
        feature_set: plan.featureSet,
        opened_at: '1970-01-01T10:00:00Z',
        onset: '1970-01-01T08:00:00Z',
        group: '1/champion/1970-01-01T10:00:00Z',
        floor: 0.1,
        share: 1,
        rows: 100,
        window: { start: '1970-01-01T09:00:00Z', end: '1970-01-01T10:00:00Z' },
      });
      expect(json(opened[0] as InboundRecord)['moved']).toHaveLength(3);
    });

    it('that are open are a metric, with how much speaks against their signals', async () => {
      const bench = await start();
      const registry = new MetricRegistry();
      addMonitorGauges(registry, bench.stage);
      const read = (of: string): readonly Point[] => registry.families().find(({ name }) => name === of)?.points ?? [];
      expect(read('millrace_monitor_open_incidents')).toEqual([]);
      for (const record of hours(14, 8)) bench.append(record);
      bench.drain();
      const labels = { version: '1', variant: 'champion', signal: 'x' };
      expect(read('millrace_monitor_open_incidents')).toEqual([{ labels, value: 1 }]);
      const evidence = read('millrace_monitor_signal_log_m').find((point) => point.labels['signal'] === 'x');
      expect(evidence).toEqual({ labels, value: expect.any(Number) });
      expect(evidence?.value).toBeGreaterThan(1);
    });

    it('nothing while all is as ever', async () => {
      const bench = await start();
      for (const record of hours(30)) bench.append(record);
      bench.drain();
      expect(alerts(bench)).toEqual([]);
    });

    it('only when every partition has passed the end of the window', async () => {
      const bench = await start();
      const silent = 1;
      const told = hours(14, 8).filter(
        (record) =>
          record.partition !== silent ||
          record.topic !== plan.names.scored ||
          decodeScoredRecord(record.value as Buffer).kind === 'scored',
      );
      for (const record of [traffic.progress(silent, 0), ...told]) bench.append(record);
      bench.drain();
      expect(alerts(bench)).toEqual([]);
      bench.append(traffic.progress(silent, 14 * HOUR));
      bench.drain();
      expect(alerts(bench)).not.toEqual([]);
    });

    it('resolved when the shift is over', async () => {
      const bench = await start();
      for (const record of hours(20, 8, 12)) bench.append(record);
      bench.drain();
      const events = alerts(bench).map((record) => [
        json(record)['event'],
        (json(record)['window'] as { end: string }).end,
      ]);
      expect(events.at(0)).toEqual(['opened', '1970-01-01T10:00:00Z']);
      expect(events.at(-1)).toEqual(['resolved', '1970-01-01T15:00:00Z']);
    });

    it.each([
      '{ every: 1h, min_rows: 40 }',
      '{ every: 1h, min_rows: 150 }',
      '{ every: 1d, starts: "06:30", zone: America/New_York, min_rows: 40 }',
    ])(
      'the same with windows %s, whatever aborts and restarts lie between, and in whatever steps the topics are read',
      async (window) => {
        const counted = await benchPlan(`{ window: ${window}, warm_up: 1h }`);
        const straight = await start(counted);
        const records = hours(26, 8, 16, window.includes('1d') ? 24 : 1);
        for (const record of records) straight.append(record);
        straight.drain();
        const told = (bench: MonitorBench) => ({
          alerts: alerts(bench).map((record) => [
            String(record.key),
            String(record.value),
            headerText(record.headers, 'ce_id'),
          ]),
          examples: examples(bench)
            .map((record) => String(record.value))
            .toSorted(),
        });
        expect(told(straight).alerts.length).toBeGreaterThan(1);
        await fc.assert(
          fc.asyncProperty(
            fc.array(action(4, 400), { maxLength: 20 }),
            fc.array(action(0, 40), { maxLength: 30 }),
            async (joining, merging) => {
              const bench = await start(counted);
              for (const record of records) bench.append(record);
              await act(bench, joining, bench.inputs);
              for (const at of bench.inputs.slice(0, 4)) while (bench.behind(at) > 0) bench.step(at, 30);
              await act(bench, merging, bench.inputs.slice(4));
              bench.drain();
              expect(told(bench)).toEqual(told(straight));
            },
          ),
          { numRuns: 20 },
        );
      },
    );

    it('needs its ledger to go on', async () => {
      const bench = await start();
      for (const record of hours(5)) bench.append(record);
      bench.drain();
      await bench.restart();
      bench.topics.delete(`${plan.names.ledger}/0`);
      await expect(bench.restart()).rejects.toThrow(/ledger up to offset .* is wanted, the log holds none/);
    });
  });
});
