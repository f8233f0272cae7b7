import { MonitorView, openIncident } from '@millrace/drift';
import { encodeCountsRecord, type IncidentNote, type InboundRecord } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { BenchTraffic, benchProfile, scatter } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
const INCIDENT = '1/champion/1970-01-01T10:00:00Z/x';

describe('what a person says of incidents', () => {
  let bench: MonitorBench;
  let traffic: BenchTraffic;
  let counts: string;
  let featureSet: string;
  let hour: number;

  beforeEach(async () => {
    const plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 1h, remind: 3h }');
    counts = plan.names.counts;
    featureSet = plan.featureSet;
    traffic = new BenchTraffic(plan);
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map([['1', benchProfile(plan)]]) });
    hour = 0;
    clocksAt(0);
  });

  function clocksAt(at: number): void {
    for (const partition of [0, 1]) {
      bench.append(traffic.progress(partition, at));
      bench.append(traffic.clock(partition, 0, at));
      bench.append(traffic.clock(partition, 1, at));
    }
    bench.drain();
  }

  /** On until that hour. x is shifted from 8 o'clock on, by how much more each hour `growing`. */
  function until(end: number, { growing = 0, shifted = true } = {}): void {
    for (; hour < end; hour++) {
      for (let i = 0; i < 100; i++) {
        const n = hour * 100 + i;
        const x = scatter(n) * (shifted && hour >= 8 ? 0.5 - growing * (hour - 8) : 1);
        bench.append(traffic.row(`r${n}`, i % 2, { at: hour * HOUR + i * 36_000, x, c: n % 2, p: scatter(n + 700) }));
      }
      clocksAt((hour + 1) * HOUR);
    }
  }

  function say(
    note: { says: 'acknowledged'; incident: string } | { says: 'silenced'; signal: string; forMs: number },
  ): void {
    const whole: IncidentNote = { kind: 'note', by: 'ada', at: 5000, ...note };
    bench.append({ topic: counts, partition: 0, key: null, value: encodeCountsRecord(whole) });
    bench.drain();
  }

  const json = (record: InboundRecord): Record<string, unknown> =>
    JSON.parse(String(record.value)) as Record<string, unknown>;
  const alerts = (): Record<string, unknown>[] => bench.of('bench.alerts').map(json);
  const events = (): unknown[] => alerts().map(({ event }) => event);
  const ledger = (): Record<string, unknown> =>
    json(bench.of('bench.ledger').findLast(({ key }) => String(key).startsWith('monitor/')) as InboundRecord);

  it('is nothing at first: an open incident is reminded of', () => {
    until(17);
    expect(events()).toEqual(['opened', 'reminded', 'reminded']);
  });

  it('ends the reminders of an incident that is acknowledged, and is told with what follows', () => {
    until(10);
    say({ says: 'acknowledged', incident: INCIDENT });
    until(20);
    expect(events()).toEqual(['opened']);
    until(24, { shifted: false });
    expect(events()).toEqual(['opened', 'resolved']);
    expect(alerts().at(-1)).toMatchObject({ acknowledged: { by: 'ada', at: '1970-01-01T00:00:05Z' } });
    expect(alerts()[0]).not.toHaveProperty('acknowledged');
  });

  it('does not keep an acknowledged incident from being told when it has become worse', () => {
    until(10);
    say({ says: 'acknowledged', incident: INCIDENT });
    until(16, { growing: 0.06 });
    expect(events()).toContain('worsened');
    expect(events()).not.toContain('reminded');
  });

  it.each([
    '1/champion/1970-01-01T09:00:00Z/x',
    '2/champion/1970-01-01T10:00:00Z/x',
    '1/champion/1970-01-01T10:00:00Z/c',
    '',
  ])('acknowledges nothing by another id: %j', (incident) => {
    until(10);
    say({ says: 'acknowledged', incident });
    until(14);
    expect(events()).toEqual(['opened', 'reminded']);
  });

  it('marks the alerts of a silenced signal, for as long as was said', () => {
    until(9);
    say({ says: 'silenced', signal: 'x', forMs: 4 * HOUR });
    until(17);
    expect(alerts().map(({ event, silenced }) => [event, silenced])).toEqual([
      ['opened', true],
      ['reminded', true],
      ['reminded', undefined],
    ]);
  });

  it('silences no other signal', () => {
    until(9);
    say({ says: 'silenced', signal: 'c', forMs: 90 * HOUR });
    until(11);
    expect(alerts().map(({ silenced }) => silenced)).toEqual([undefined]);
  });

  it('may be taken back, or said anew', () => {
    until(9);
    say({ says: 'silenced', signal: 'x', forMs: 90 * HOUR });
    until(10);
    say({ says: 'silenced', signal: 'x', forMs: 2 * HOUR });
    expect(ledger()['silences']).toEqual([{ signal: 'x', by: 'ada', until: 12 * HOUR, forMs: 2 * HOUR }]);
    say({ says: 'silenced', signal: 'x', forMs: 0 });
    expect(ledger()['silences']).toEqual([]);
    until(14);
    expect(alerts().map(({ silenced }) => silenced)).toEqual([true, undefined]);
  });

  it('counts from the first window that closes, where it is said before any has', async () => {
    const plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 1h, remind: 3h }');
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map([['1', benchProfile(plan)]]) });
    say({ says: 'silenced', signal: 'x', forMs: 9 * HOUR });
    clocksAt(0);
    until(14);
    expect(alerts().map(({ silenced }) => silenced)).toEqual([true, undefined]);
  });

  it('is in the ledger at once, and known after a restart', async () => {
    until(10);
    say({ says: 'acknowledged', incident: INCIDENT });
    say({ says: 'silenced', signal: 'x', forMs: 90 * HOUR });
    expect(JSON.stringify(ledger()['watches'])).toContain('"acknowledged":{"by":"ada","at":5000}');
    expect(ledger()['silences']).toHaveLength(1);
    await bench.restart();
    until(20);
    until(24, { shifted: false });
    expect(alerts().map(({ event, silenced }) => [event, silenced])).toEqual([
      ['opened', undefined],
      ['resolved', true],
    ]);
  });

  it('is forgotten when it is over', () => {
    until(9);
    say({ says: 'silenced', signal: 'x', forMs: 2 * HOUR });
    until(13);
    expect(ledger()['silences']).toEqual([]);
  });

  it('is heard of an incident whose alerts have gone: the ledger keeps the first and the latest', async () => {
    until(12);
    await bench.restart();
    until(16);
    const view = new MonitorView(featureSet);
    // as compaction leaves it
    const newest = new Map(bench.of('bench.ledger').map(({ key, value }) => [String(key), value]));
    for (const [key, value] of newest) view.applyLedger(key, value);
    const told = alerts().filter(({ id }) => id === INCIDENT);
    expect(told.length).toBeGreaterThan(2);
    expect(openIncident(view, INCIDENT).alerts).toMatchObject([told[0], told.at(-1)]);
  });
});
