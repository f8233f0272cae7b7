import { RealisedClassification } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type { InboundRecord, OutboundRecord } from '@millrace/records';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import type { PerformanceReport } from './performance-report.ts';
import { BenchTraffic, benchProfile, scatter, scatteredLabel } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
const ROWS = 100;

interface Told {
  readonly signal: string;
  readonly event: string;
  readonly severity: string;
  readonly opened_at: string;
  readonly performance?: PerformanceReport;
}

interface Window {
  readonly number: number;
  readonly subject: string;
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  readonly judged: boolean;
  readonly signals: Readonly<Record<string, { readonly state: string; readonly psi: number }>>;
  readonly performance: PerformanceReport | null;
}

interface Course {
  readonly hours: number;
  /** From this hour on every label is turned. */
  readonly turnedFrom?: number;
  /** From this hour on x is small. */
  readonly shiftedFrom?: number;
  /** From this hour on the model is unsure of all. */
  readonly unsureFrom?: number;
  /** One row in so many has no outcome. */
  readonly unlabelled?: number;
  /** One row in so many has the label 2. */
  readonly misled?: number;
  /** One row in so many has the score 1.5. */
  readonly unlikely?: number;
}

describe('performance', () => {
  let plan: Plan;
  let traffic: BenchTraffic;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 0ms }');
  });

  const start = (counted: Plan = plan): Promise<MonitorBench> => {
    traffic = new BenchTraffic(counted);
    const profiles = new Map([['1', benchProfile(counted, { labelled: true })]]);
    return MonitorBench.start({ plan: counted, outputs: ['p'], profiles });
  };

  const clocks = (at: number): OutboundRecord[] =>
    [0, 1].flatMap((partition) => [traffic.progress(partition, at), traffic.clock(partition, 0, at)]);

  const scoreOf = (n: number, unsure: boolean): number => (unsure ? 0.4 + 0.2 * scatter(n + 700) : scatter(n + 700));

  /** Rows and labels of the course, hour by hour, the clocks behind each; a label comes half an hour after its row. */
  function records({
    hours,
    turnedFrom,
    shiftedFrom,
    unsureFrom,
    unlabelled,
    misled,
    unlikely,
  }: Course): OutboundRecord[] {
    const never = Number.POSITIVE_INFINITY;
    const out = clocks(0);
    for (let n = 0; n < hours * ROWS; n++) {
      const hour = Math.floor(n / ROWS);
      const at = hour * HOUR + (n % ROWS) * 36_000;
      const p = unlikely && n % unlikely === 1 ? 1.5 : scoreOf(n, hour >= (unsureFrom ?? never));
      const x = scatter(n) * (hour >= (shiftedFrom ?? never) ? 0.3 : 1);
      const label = misled && n % misled === 1 ? 2 : scatteredLabel(n, p);
      out.push(traffic.row(`r${n}`, n % 2, { at, x, c: n % 2, p }));
      if (n % (unlabelled ?? never) !== 0)
        out.push(traffic.outcome(`r${n}`, n % 2, at + HOUR / 2, hour >= (turnedFrom ?? never) ? 1 - label : label));
      if (n % ROWS === ROWS - 1) out.push(...clocks((hour + 1) * HOUR));
    }
    return out;
  }

  async function run(course: Course): Promise<MonitorBench> {
    const bench = await start();
    for (const record of records(course)) bench.append(record);
    bench.drain();
    return bench;
  }

  const json = <T>(record: InboundRecord): T => JSON.parse(String(record.value)) as T;
  const told = (bench: MonitorBench): Told[] => bench.of(plan.names.alerts).map((record) => json<Told>(record));
  const opened = (bench: MonitorBench): string[] =>
    told(bench)
      .filter(({ event }) => event === 'opened')
      .map(({ signal }) => signal);
  const windowRecords = (bench: MonitorBench): InboundRecord[] =>
    bench.of(plan.names.ledger).filter(({ key }) => String(key).includes('/window/'));
  const windows = (bench: MonitorBench, subject: string): Window[] =>
    windowRecords(bench)
      .map((record) => json<Window>(record))
      .filter((window) => window.subject === subject);

  it('says with a window where the detectors on error rates see a change', async () => {
    const changesOf = async (course: Course) =>
      windows(await run(course), 'labels').map(({ performance }) =>
        performance?.kind === 'realised' ? performance.changes : undefined,
      );
    const calm = await changesOf({ hours: 30 });
    expect(calm).toHaveLength(28);
    for (const changes of calm) expect(changes).toEqual({ adwin: false, page_hinkley: false, ddm: false });
    const turned = await changesOf({ hours: 30, turnedFrom: 20 });
    expect(turned.findIndex((changes) => changes?.ddm)).toBe(20);
  });

  it('is measured on the labels of a window once both clocks have passed all that may have one', async () => {
    const bench = await run({ hours: 5, unlabelled: 7 });
    const measured = windows(bench, 'labels');
    expect(measured.map((window) => window.start)).toEqual([
      '1970-01-01T00:00:00Z',
      '1970-01-01T01:00:00Z',
      '1970-01-01T02:00:00Z',
    ]);
    const direct = new RealisedClassification();
    for (let n = 200; n < 300; n++) {
      const p = scoreOf(n, false);
      if (n % 7 !== 0) direct.add(p, scatteredLabel(n, p));
    }
    const report = measured[2]?.performance as Extract<PerformanceReport, { kind: 'realised' }>;
    const { rows, auc, brier, log_loss, ...rest } = direct.metrics();
    expect(report.metrics).toMatchObject({ rows, accuracy: rest.accuracy && Number(rest.accuracy.toPrecision(6)) });
    const found = report.metrics as ReturnType<RealisedClassification['metrics']>;
    for (const [metric, value] of Object.entries({ auc, brier, log_loss }))
      expect(found[metric as 'auc']).toBeCloseTo(value as number, 5);
    expect(report.coverage).toEqual({
      matured: 100,
      labelled: rows,
      share: rows / 100,
      mean_age_ms: HOUR / 2,
      sample_rate: 1,
    });
    expect(report.verdict).toEqual({ state: 'agrees' });
  });

  it('says how many rows are in no metric, because a label is no class or a score no probability', async () => {
    const told: (number | undefined)[] = [];
    const bench = await start();
    await bench.restart({ observer: { measured: (_, __, { unusable }) => void told.push(unusable) } });
    for (const record of records({ hours: 4, misled: 5, unlikely: 10 })) bench.append(record);
    bench.drain();
    const [estimated, realised] = ['rows', 'labels'].map((subject) => windows(bench, subject)[0]?.performance);
    expect(estimated).toMatchObject({ kind: 'estimated', unusable: 10 });
    // every fifth has the label 2, and half of these the score 1.5
    expect(realised).toMatchObject({
      kind: 'realised',
      unusable: 20,
      metrics: { rows: 79 },
      coverage: { labelled: 99 },
    });
    expect(told).toContain(20);
    for (const { performance } of windows(await run({ hours: 4 }), 'labels'))
      expect(performance).not.toHaveProperty('unusable');
  });

  it('is kept apart by the values of a feature where the pipeline file names it', async () => {
    const sliced = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 0ms, slices: [c] }');
    const bench = await start(sliced);
    for (const record of records({ hours: 4, unlabelled: 7 })) bench.append(record);
    bench.drain();
    const [report] = bench
      .of(sliced.names.ledger)
      .filter(({ key }) => String(key).includes('/window/labels/'))
      .map((record) => json<Window>(record).performance as Extract<PerformanceReport, { kind: 'realised' }>);
    const rows = Array.from({ length: ROWS }, (_, n) => ({ n, score: scoreOf(n, false) }));
    const right = (value: number): number[] =>
      rows
        .filter(({ n }) => n % 2 === value && n % 7 !== 0)
        .map(({ n, score }) => Number(scatteredLabel(n, score) === Number(score >= 0.5)));
    const accuracy = (found: readonly number[]): number => found.reduce((sum, one) => sum + one, 0) / found.length;
    const [a, b] = [right(0), right(1)];
    expect(Object.keys(report?.slices['c'] ?? {})).toEqual(['a', 'b']);
    expect(report?.slices['c']?.['a']).toMatchObject({ matured: 50, labelled: a.length });
    expect(report?.slices['c']?.['a']?.metrics['accuracy']).toBeCloseTo(accuracy(a), 5);
    expect(report?.slices['c']?.['b']?.metrics['accuracy']).toBeCloseTo(accuracy(b), 5);
  });

  it('is estimated of every window as it closes, before any label', async () => {
    const bench = await run({ hours: 5 });
    expect(windows(bench, 'rows')).toHaveLength(5);
    const report = windows(bench, 'rows')[4]?.performance as Extract<PerformanceReport, { kind: 'estimated' }>;
    const expected = Array.from({ length: ROWS }, (_, i) => scoreOf(400 + i, false));
    const accuracy = expected.reduce((sum, p) => sum + Math.max(p, 1 - p), 0) / ROWS;
    expect(report.metrics.accuracy?.value).toBeCloseTo(accuracy, 4);
  });

  it('calls for nobody while the model is as good as it was', async () => {
    expect(told(await run({ hours: 40, unlabelled: 9 }))).toEqual([]);
  });

  it('is critical where errors become more frequent, and where the estimate is wrong although nothing else has changed', async () => {
    const bench = await run({ hours: 18, turnedFrom: 8 });
    expect(opened(bench).toSorted()).toEqual(['estimate.gap', 'performance.error_rate']);
    expect(new Set(told(bench).map(({ severity }) => severity))).toEqual(new Set(['critical']));
    const alert = told(bench).find(({ signal }) => signal === 'performance.error_rate');
    expect(alert?.opened_at).toBe('1970-01-01T10:00:00Z');
    expect(alert?.performance).toMatchObject({ kind: 'realised', coverage: { matured: 100, labelled: 100, share: 1 } });
  });

  it('does not blame the relation of inputs and label while an input has changed', async () => {
    const bench = await run({ hours: 18, turnedFrom: 8, shiftedFrom: 6 });
    expect(opened(bench)).toContain('x');
    expect(opened(bench)).toContain('performance.error_rate');
    expect(opened(bench)).not.toContain('estimate.gap');
  });

  it('is critical where it is estimated to fall', async () => {
    const bench = await run({ hours: 12, unsureFrom: 8 });
    const alert = told(bench).find(({ signal }) => signal === 'estimate.error_rate');
    expect(alert).toMatchObject({ event: 'opened', severity: 'critical', opened_at: '1970-01-01T10:00:00Z' });
    expect(alert?.performance).toMatchObject({ kind: 'estimated' });
  });

  it.each(['{ every: 1h, min_rows: 40 }', '{ every: 1h, min_rows: 150 }', '{ rows: 120 }'])(
    'is the same with windows %s, whatever aborts and restarts lie between, and in whatever steps the topics are read',
    async (window) => {
      const counted = await benchPlan(`{ window: ${window}, warm_up: 0ms }`);
      const course = { hours: 16, shiftedFrom: 3, turnedFrom: 6, unlabelled: 5 };
      const straight = await start(counted);
      const all = records(course);
      for (const record of all) straight.append(record);
      straight.drain(400);
      // windows cut by rows depend on the steps, and with them whether an input was stable; labels' own windows do not
      const byRows = window.includes('rows: 120');
      const measured = ({ value }: InboundRecord): string => {
        const { start: from, end, rows, performance } = JSON.parse(String(value)) as Window;
        const { metrics, coverage } = performance as Extract<PerformanceReport, { kind: 'realised' }>;
        return JSON.stringify({ from, end, rows, metrics, coverage });
      };
      const lines = (found: readonly InboundRecord[]): string[] =>
        byRows
          ? found.filter(({ key }) => String(key).includes('/labels/')).map(measured)
          : found.map(({ key, value }) => `${String(key)} ${String(value)}`).toSorted();
      const seen = (bench: MonitorBench) => ({
        windows: lines(windowRecords(bench)),
        alerts: lines(bench.of(counted.names.alerts)),
      });
      expect(byRows || seen(straight).alerts.length > 1).toBe(true);
      const steps = (lanes: number, most: number) =>
        fc.array(fc.tuple(fc.nat({ max: lanes }), fc.integer({ min: 1, max: most }), fc.nat({ max: 2 })), {
          maxLength: 25,
        });
      await fc.assert(
        fc.asyncProperty(steps(4, 400), steps(0, 30), async (joining, merging) => {
          const bench = await start(counted);
          for (const record of all) bench.append(record);
          const act = async (taken: typeof joining, lanes: MonitorBench['inputs']): Promise<void> => {
            for (const [lane, most, fate] of taken) {
              bench.step(lanes[lane] as MonitorBench['inputs'][number], most, { abort: fate === 1 });
              if (fate === 2) await bench.restart();
            }
          };
          await act(joining, bench.inputs);
          for (const at of bench.inputs.slice(0, 4)) while (bench.behind(at) > 0) bench.step(at, 50);
          await act(merging, bench.inputs.slice(4));
          bench.drain(50);
          expect(seen(bench)).toEqual(seen(straight));
        }),
        { numRuns: 15 },
      );
    },
  );
});
