import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { decodeCountsRecord, type OutboundRecord } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { BenchTraffic, benchProfile, scatter } from '../testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from '../testing/monitor-bench.ts';
import { MonitorDoor } from './monitor-door.ts';
import { ViewFollower } from './view-follower.ts';

const HOUR = 3_600_000;
const INCIDENT = '1/champion/1970-01-01T10:00:00Z/x';

describe('the door of the monitor', () => {
  let plan: Plan;
  let log: MemoryLog;
  let bench: MonitorBench;
  let follower: ViewFollower | null;
  let door: MonitorDoor | null;

  beforeEach(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 1h }');
    log = new MemoryLog({ clock: new SystemClock() });
    await log.admin().create(topicSpecs(plan));
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map([['1', benchProfile(plan)]]) });
    follower = null;
    door = null;
  });

  afterEach(async () => {
    await follower?.close();
    await door?.close();
    await log.close();
  });

  /** Runs the monitor over so many hours, x shifted from 8 o'clock on. */
  function run(hours: number): void {
    const traffic = new BenchTraffic(plan);
    const clocks = (at: number): OutboundRecord[] =>
      [0, 1].flatMap((lane) => [traffic.progress(lane, at), traffic.clock(lane, 0, at), traffic.clock(lane, 1, at)]);
    for (const record of clocks(0)) bench.append(record);
    for (let hour = 0; hour < hours; hour++) {
      for (let i = 0; i < 100; i++) {
        const n = hour * 100 + i;
        const x = scatter(n) * (hour >= 8 ? 0.3 : 1);
        bench.append(traffic.row(`r${n}`, i % 2, { at: hour * HOUR + i * 36_000, x, c: n % 2, p: scatter(n + 700) }));
      }
      for (const record of clocks((hour + 1) * HOUR)) bench.append(record);
    }
    bench.drain();
  }

  /** A door to what the monitor has written. */
  async function open(): Promise<MonitorDoor> {
    for (const topic of [plan.names.ledger, plan.names.alerts])
      await log.publisher().publish(bench.of(topic).map(({ key, value }) => ({ topic, partition: 0, key, value })));
    const clock = new SystemClock();
    follower = new ViewFollower({ plan, log, clock, onFailed: () => undefined });
    return (door = new MonitorDoor({ plan, log, clock, models: bench.stage.models, follower }));
  }

  const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

  it('shows what is watched and how it stands', async () => {
    run(12);
    expect(await (await open()).overview()).toMatchObject({
      pipeline: 'bench',
      model: 'm',
      feature_set: plan.featureSet,
      as_of: '1970-01-01T12:00:00Z',
      streams: [
        {
          version: '1',
          variant: 'champion',
          since: '1970-01-01T01:00:00Z',
          signals: expect.arrayContaining([
            { signal: 'x', state: 'open', onset: '1970-01-01T08:00:00Z' },
            expect.objectContaining({ signal: 'outputs.p', state: 'ok' }),
          ]),
        },
      ],
      open_incidents: [{ id: INCIDENT, signal: 'x', state: 'open', acknowledged: null }],
      silences: [],
    });
  });

  it('shows nothing before anything is known, and says which windows there are none of', async () => {
    const opened = await open();
    expect(await opened.overview()).toMatchObject({ as_of: null, streams: [], open_incidents: [] });
    await expect(opened.windows({})).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      detail: 'found any version/any variant; windows have closed of none yet.',
    });
  });

  it('shows the reference of each signal on its bins', async () => {
    run(12);
    const { signals } = (await (await open()).signals({ version: '1' })) as { signals: { signal: string }[] };
    const x = signals.find(({ signal }) => signal === 'x') as { bins?: string[]; reference?: number[] } | undefined;
    expect(x?.reference?.length).toBe(x?.bins?.length);
    expect(x?.reference?.reduce((sum, count) => sum + count, 0)).toBe(2000);
    await expect(door?.signals({ version: '7' })).rejects.toMatchObject({ status: 404 });
  });

  it('shows of a seasonal pipeline the reference of the hours of the window, and which share of its rows has its own', async () => {
    plan = await benchPlan('{ seasonal: true, window: { every: 1h, min_rows: 40 }, warm_up: 1h }');
    const profile = benchProfile(plan, { everyMs: HOUR });
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map([['1', profile]]) });
    run(12);
    const opened = await open();
    const { signals, ...shown } = (await opened.signals({})) as { signals: { signal: string; reference: number[] }[] };
    expect(shown).toMatchObject({ window: { end: '1970-01-01T12:00:00Z', by_hour: 1 } });
    const { reference = [] } = signals.find(({ signal }) => signal === 'x') ?? {};
    // of 2,000 hours 12 are Thursday from 11 to 12
    expect(reference.reduce((sum, count) => sum + count, 0)).toBeCloseTo(12, 9);
    const { windows } = (await opened.windows({})) as { windows: { by_hour?: number }[] };
    expect(new Set(windows.map(({ by_hour }) => by_hour))).toEqual(new Set([1]));
  });

  it('shows of a version without a profile how its reference stands, and its bins once it is full', async () => {
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map() });
    run(34);
    const opened = await open();
    const reference = { source: 'live', rows: 2400, full: true };
    expect(await opened.overview()).toMatchObject({ streams: [{ version: '1', reference }] });
    const { signals, ...stream } = (await opened.signals({ version: '1' })) as {
      signals: { signal: string; reference: number[]; counts: number[] }[];
      reference: unknown;
    };
    expect(stream.reference).toEqual(reference);
    const p = signals.find(({ signal }) => signal === 'outputs.p');
    expect([p?.reference, p?.counts].map((bins) => bins?.reduce((sum, count) => sum + count, 0))).toEqual([2400, 100]);
    const { windows } = (await opened.windows({ version: '1' })) as { windows: { reference?: string }[] };
    expect([windows[0]?.reference, windows.at(-1)?.reference]).toEqual(['learning', 'live']);
  });

  it('shows the closed windows in their order, with the numbers of one signal, and the counts of the newest', async () => {
    run(12);
    const opened = await open();
    const { windows } = (await opened.windows({ signal: 'x' })) as {
      windows: {
        end: string;
        rows: number;
        judged: boolean;
        signals: Record<string, { psi?: number; state: string }>;
      }[];
    };
    expect(windows.map(({ end }) => end)).toEqual(
      Array.from({ length: 11 }, (_, i) => new Date((i + 2) * HOUR).toISOString().replace('.000', '')),
    );
    expect(windows.every(({ signals }) => Object.keys(signals).join() === 'x')).toBe(true);
    expect(windows.at(-1)).toMatchObject({ rows: 100, judged: true, signals: { x: { state: 'open', floor: 0.1 } } });
    expect(windows.at(-1)?.signals['x']?.psi).toBeGreaterThan(1);
    expect(await opened.windows({ subject: 'labels' })).toMatchObject({ windows: [] });
    const { signals } = (await opened.signals({})) as {
      signals: { signal: string; counts: number[]; bins: string[] }[];
    };
    for (const { counts, bins } of signals) expect(counts).toHaveLength(bins.length);
    expect(signals[0]?.counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  it('shows the counts of the window that ends as asked, and refuses what none ends at', async () => {
    run(12);
    const opened = await open();
    const shown = async (end?: string) =>
      (await opened.signals({ end })) as { window: { end: string }; signals: { counts: number[] }[] };
    const [newest, first] = [await shown(), await shown('1970-01-01T02:00:00Z')];
    expect([first.window.end, newest.window.end]).toEqual(['1970-01-01T02:00:00Z', '1970-01-01T12:00:00Z']);
    expect(first.signals[0]?.counts).not.toEqual(newest.signals[0]?.counts);
    await expect(shown('1970-01-02T02:00:00Z')).rejects.toThrow(
      'found end="1970-01-02T02:00:00Z"; allowed is that of a window that is kept, from 1970-01-01T02:00:00Z to 1970-01-01T12:00:00Z.',
    );
  });

  it('shows the closed windows of all subjects by column, with null where none was judged', async () => {
    run(12);
    const opened = await open();
    const { series } = (await opened.series({})) as { series: { subject: string; end: string[]; rows: number[] }[] };
    const { windows } = (await opened.windows({})) as { windows: { end: string; signals: Record<string, object> }[] };
    const column = (name: string): unknown[] =>
      windows.map(({ signals }) => (signals['x'] as Record<string, number> | undefined)?.[name] ?? null);
    expect(series.map(({ subject }) => subject)).toContain('rows');
    expect(series.find(({ subject }) => subject === 'rows')).toMatchObject({
      end: windows.map(({ end }) => end),
      rows: windows.map(() => 100),
      signals: { x: { psi: column('psi'), floor: column('floor'), null_quantile: column('null_quantile') } },
    });
    await expect(opened.series({ version: '7' })).rejects.toMatchObject({ status: 404 });
  });

  it('shows incidents, and of one all that was told', async () => {
    run(12);
    const opened = await open();
    expect(await opened.incidents(undefined)).toMatchObject({
      incidents: [{ id: INCIDENT, moved: expect.arrayContaining([expect.objectContaining({ from: 0.1 })]) }],
    });
    expect(await opened.incidents('resolved')).toEqual({ incidents: [] });
    await expect(opened.incidents('shut')).rejects.toMatchObject({ code: 'QUERY_INVALID' });
    expect(await opened.incident(INCIDENT)).toMatchObject({ id: INCIDENT, timeline: [{ event: 'opened', rows: 100 }] });
    await expect(opened.incident('no')).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND', status: 404 });
  });

  it('takes what people say to the topic that the merge reads', async () => {
    run(12);
    const opened = await open();
    expect(await opened.acknowledge(body({ incident: INCIDENT, by: 'ada' }))).toMatchObject({
      says: 'acknowledged',
      by: 'ada',
    });
    expect(await opened.silence(body({ signal: 'c', for: '2h' }))).toMatchObject({ says: 'silenced', forMs: 2 * HOUR });
    const at = { topic: plan.names.counts, partition: 0 };
    const [chunk] = await log
      .source()
      .fetch([{ ...at, offset: 0 }], { maxWaitMs: 0, maxBytes: 9999, maxBytesPerPartition: 9999 });
    for (const { value } of chunk?.records ?? []) bench.append({ ...at, key: null, value });
    expect(chunk?.records.map(({ value }) => decodeCountsRecord(value as Buffer).kind)).toEqual(['note', 'note']);
    bench.drain();
    const ledger = String(bench.of(plan.names.ledger).at(-1)?.value);
    expect(ledger).toContain('"acknowledged":{"by":"ada"');
    expect(ledger).toContain('"signal":"c","by":"http"');
  });

  it.each([
    ['acknowledge', { incident: 'no' }, 'INCIDENT_NOT_FOUND'],
    ['acknowledge', { incident: INCIDENT, since: 'now' }, 'BODY_UNPARSEABLE'],
    ['acknowledge', { incident: 7 }, 'BODY_UNPARSEABLE'],
    ['acknowledge', { incident: INCIDENT, by: 'x'.repeat(201) }, 'BODY_UNPARSEABLE'],
    ['acknowledge', null, 'BODY_UNPARSEABLE'],
    ['silence', { signal: 'y', for: '2h' }, 'SILENCE_INVALID'],
    ['silence', { signal: 'x' }, 'SILENCE_INVALID'],
    ['silence', { signal: 'x', for: 'ever' }, 'SILENCE_INVALID'],
  ] as const)('refuses to %s %j', async (what, value, code) => {
    run(12);
    await expect((await open())[what](body(value))).rejects.toMatchObject({ code });
  });
});
