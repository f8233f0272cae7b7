import type { Plan } from '@millrace/pipeline';
import {
  encodeCountsRecord,
  EVENT_STREAM,
  LETTER_CODES,
  LETTER_STAGES,
  LetterTally,
  type CountsRecord,
  type OutboundRecord,
} from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const DAY = 86_400_000;

interface Day {
  readonly asked: number;
  readonly told: number;
  readonly letters?: number;
}

const USUAL: Day = { asked: 600, told: 400 };

describe('rates', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1d, min_rows: 40 } }');
  });

  const toCounts = (record: CountsRecord): OutboundRecord => {
    return { topic: plan.names.counts, partition: 0, key: null, value: encodeCountsRecord(record) };
  };

  /** As ingest and the join write them: what came on a day, in two parts, and the clocks behind it. */
  function recordsOf(day: number, { asked, told, letters = 0 }: Day): OutboundRecord[] {
    const span = { start: day * DAY, end: (day + 1) * DAY };
    const part = (types: readonly number[], dead: number): CountsRecord => {
      const rows = types.reduce((sum, count) => sum + count, 0);
      return {
        kind: 'delta',
        subject: 'events',
        ...EVENT_STREAM,
        ...span,
        rows,
        counts: [types, [dead, rows]],
        blocks: [],
      };
    };
    const clocks = [0, 1].map((source): CountsRecord => ({ kind: 'progress', source, at: span.end, first: 0 }));
    return [part([asked, 0], letters), part([0, told], 0), ...clocks].map(toCounts);
  }

  /** The same as any stage writes them. */
  const givenUp = (day: number, stage: string, code: string, count: number): readonly OutboundRecord[] => {
    const tally = new LetterTally(plan.names.counts, { spanOf: () => ({ start: day * DAY, end: (day + 1) * DAY }) });
    const letter = { stage, code, reason: '', topic: '', partition: 0, offset: 0, attempts: 0, key: null, value: null };
    return tally.records(Array.from({ length: count }, () => ({ ...letter, at: day * DAY })));
  };

  async function run(days: readonly Day[], { restarts = false } = {}): Promise<MonitorBench> {
    const bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map() });
    for (const record of days.flatMap((day, i) => recordsOf(i, day))) {
      bench.append(record);
      bench.drain(1);
      if (restarts) await bench.restart();
    }
    return bench;
  }

  const alerts = (bench: MonitorBench) =>
    bench.of(plan.names.alerts).map(
      ({ value }) =>
        JSON.parse(String(value)) as {
          signal: string;
          event: string;
          severity: string;
          opened_at: string;
          version: string;
        },
    );
  const opened = (bench: MonitorBench) =>
    alerts(bench).flatMap(({ event, signal, opened_at }) => (event === 'opened' ? [[signal, opened_at]] : []));
  const days = (count: number, day: (i: number) => Day = () => USUAL): Day[] =>
    Array.from({ length: count }, (_, i) => day(i));

  it('are learnt in a week, and then quiet while all is as ever', async () => {
    const bench = await run(days(30, (i) => ({ asked: 590 + (i % 20), told: 400 })));
    expect(alerts(bench)).toEqual([]);
    const states = bench
      .of(plan.names.ledger)
      .filter(({ key }) => String(key).includes('/window/events/'))
      .map(({ value }) => Object.keys((JSON.parse(String(value)) as { signals: object }).signals));
    expect(states[6]).toEqual([]);
    const letters = [...LETTER_STAGES, ...LETTER_CODES].map((name) => `dead_letters.${name}`);
    expect(states[7]).toEqual(['rate.asked', 'rate.told', 'dead_letters', ...letters]);
  });

  it('tell of a type that stops coming, once for each side of the change', async () => {
    const bench = await run(days(14, (i) => (i < 10 ? USUAL : { asked: 600, told: 20 })));
    expect(opened(bench)).toEqual([
      ['rate.asked', '1970-01-13T00:00:00Z'],
      ['rate.told', '1970-01-13T00:00:00Z'],
    ]);
    expect(alerts(bench)[0]).toMatchObject({ severity: 'info', version: '-' });
  });

  it('warn of dead letters, but not of fewer than usual', async () => {
    const bad = await run(days(14, (i) => (i < 10 ? USUAL : { ...USUAL, letters: 50 })));
    expect(opened(bad)).toEqual([['dead_letters', '1970-01-13T00:00:00Z']]);
    expect(alerts(bad)[0]).toMatchObject({ severity: 'warning' });
    expect(alerts(await run(days(14, (i) => (i < 10 ? { ...USUAL, letters: 50 } : USUAL))))).toEqual([]);
  });

  it('name the stage and the code whose dead letters become more', async () => {
    const bench = await MonitorBench.start({ plan, outputs: ['p'], profiles: new Map() });
    for (const day of Array.from({ length: 14 }, (_, i) => i)) {
      const letters = day < 10 ? [] : givenUp(day, 'scorer', 'MODEL_FAILED', 50);
      for (const record of [...givenUp(day, 'ingest', 'NO_ID', 30), ...letters, ...recordsOf(day, USUAL)])
        bench.append(record);
      bench.drain(1);
    }
    expect(opened(bench).map(([signal]) => signal)).toEqual([
      'dead_letters.scorer',
      'dead_letters.MODEL_FAILED',
      'dead_letters',
    ]);
    expect(new Set(alerts(bench).map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });

  it('take for usual what happened in the week that they were learnt in', async () => {
    const weekend = (i: number): Day => (i % 7 < 2 ? { asked: 600, told: 60 } : USUAL);
    expect(alerts(await run(days(28, weekend)))).toEqual([]);
  });

  it('are the same whatever restarts lie between', async () => {
    const course = days(14, (i) => (i < 10 ? USUAL : { asked: 600, told: 20, letters: 90 }));
    const [straight, restarted] = [await run(course), await run(course, { restarts: true })];
    const lines = (bench: MonitorBench) => bench.of(plan.names.alerts).map(({ value }) => String(value));
    expect(lines(straight).length).toBeGreaterThan(2);
    expect(lines(restarted)).toEqual(lines(straight));
  });
});
