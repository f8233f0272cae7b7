import { beforeEach, describe, expect, it } from 'vitest';

import { BenchTraffic, benchProfile, scatter } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const DAY = 86_400_000;

describe('days without a prediction', () => {
  let bench: MonitorBench;
  let traffic: BenchTraffic;

  async function start(window: string, profiled = true): Promise<void> {
    const plan = await benchPlan(`{ window: ${window}, warm_up: 0s }`);
    const profiles = new Map(profiled ? [['1', benchProfile(plan)]] : []);
    traffic = new BenchTraffic(plan);
    bench = await MonitorBench.start({ plan, outputs: ['p'], profiles });
  }

  const clocks = (at: number): void => [0, 1].forEach((partition) => bench.append(traffic.progress(partition, at)));

  /** Traffic on these days alone, and what is told when the next is over. */
  async function run(days: readonly number[], { restarts = false, version = '1' } = {}): Promise<void> {
    for (const day of days) {
      clocks(day * DAY);
      for (let i = 0; i < 50; i++) {
        const at = day * DAY + i * 60_000;
        bench.append(traffic.row(`r${day} ${i}`, i % 2, { at, x: scatter(i), c: i % 2, p: scatter(i + 9), version }));
      }
      clocks((day + 1) * DAY);
      bench.drain();
      if (restarts) await bench.restart();
    }
  }

  interface Window {
    readonly subject: string;
    readonly number: number;
    readonly start: string;
    readonly end: string;
    readonly rows: number;
    readonly late: number;
    readonly judged: boolean;
    readonly signals: object;
  }

  const windows = (): Window[] =>
    bench
      .of('bench.ledger')
      .filter(({ key }) => String(key).includes('/window/rows/'))
      .map(({ value }) => JSON.parse(String(value)) as Window);
  const spans = (): unknown[] =>
    windows().map(({ start: from, end: to, rows }) => [Date.parse(from) / DAY, Date.parse(to) / DAY, rows]);

  const DAILY = '{ every: 1d, starts: "00:00", min_rows: 40 }';

  beforeEach(() => start(DAILY));

  it.each([false, true])(
    'are one window that is not judged, however many they are (restarts: %s)',
    async (restarts) => {
      await run([0, 1, 3, 4000], { restarts });
      expect(spans()).toEqual([
        [0, 1, 50],
        [1, 2, 50],
        [2, 3, 0],
        [3, 4, 50],
        [4, 4000, 0],
        [4000, 4001, 50],
      ]);
      expect(windows().map(({ number, judged }) => [number, judged])).toEqual(
        [true, true, false, true, false, true].map((judged, i) => [i, judged]),
      );
      expect(windows()[2]).toMatchObject({ signals: {}, counts: [], performance: null });
      expect(bench.of('bench.alerts')).toEqual([]);
    },
  );

  it('tell of the late rows that came meanwhile, and the window behind them does not', async () => {
    await run([0]);
    clocks(2 * DAY);
    bench.append(traffic.row('late', 0, { at: DAY / 2 }));
    bench.drain();
    await run([3]);
    expect(windows().map(({ rows, late }) => [rows, late])).toEqual([
      [50, 0],
      [0, 1],
      [50, 0],
    ]);
  });

  it('are none before the first, and are those of each version', async () => {
    await start(DAILY, false);
    await run([5, 6]);
    await run([8], { version: '2' });
    await run([9]);
    expect(spans()).toEqual([
      [5, 6, 50],
      [6, 7, 50],
      [8, 9, 50],
      [7, 9, 0],
      [9, 10, 50],
    ]);
  });

  it('are nothing to windows that go on until they have their rows', async () => {
    await start('{ every: 1d, min_rows: 40 }');
    await run([0, 3]);
    expect(spans()).toEqual([
      [0, 1, 50],
      [3, 4, 50],
    ]);
  });
});
