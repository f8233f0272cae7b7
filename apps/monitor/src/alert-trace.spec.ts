import type { Plan } from '@millrace/pipeline';
import { headerText } from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import { BenchTraffic, benchProfile, scatter } from './testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from './testing/monitor-bench.ts';

const HOUR = 3_600_000;
const traceId = (hour: number): string => String(hour).padStart(32, '0');
const traceparent = (hour: number): string => `00-${traceId(hour)}-b7ad6b7169203331-01`;

describe('an alert', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 40 }, warm_up: 0s }');
  });

  /** Eight hours of 100 rows, shifted from the fourth on; in the hours that are named the 50th row has a trace. */
  async function run(traced: readonly number[], restarts: boolean): Promise<MonitorBench> {
    const traffic = new BenchTraffic(plan);
    const bench = await MonitorBench.start({
      plan,
      outputs: ['p'],
      profiles: new Map([['1', benchProfile(plan)]]),
    });
    const clocks = (at: number): void => [0, 1].forEach((partition) => bench.append(traffic.progress(partition, at)));
    clocks(0);
    for (let hour = 0; hour < 8; hour++) {
      for (let i = 0; i < 100; i++) {
        const x = hour < 4 ? scatter(i * 20 + hour) : 0.01;
        bench.append(traffic.row(`${hour}/${i}`, 0, { at: hour * HOUR + i, x, c: i % 2, p: scatter(i * 20 + 7) }));
        const record = bench.of(plan.names.scored).at(-1);
        if (record && i === 50 && traced.includes(hour)) record.trace = { traceparent: traceparent(hour) };
      }
      clocks((hour + 1) * HOUR);
    }
    if (!restarts) bench.drain();
    while (bench.inputs.some((at) => bench.behind(at) > 0)) {
      for (const at of bench.inputs) bench.step(at, 37);
      await bench.restart();
    }
    return bench;
  }

  const opened = (bench: MonitorBench) => {
    const alert = bench.of(plan.names.alerts).find(({ key }) => String(key).endsWith('/x'));
    const { window, links } = JSON.parse(String(alert?.value)) as {
      window: { end: string };
      links: { trace?: string };
    };
    return { end: window.end, trace: links.trace, header: headerText(alert?.headers ?? [], 'traceparent') };
  };

  it.each([false, true])('leads to the trace of a prediction of its window (restarts: %s)', async (restarts) => {
    expect(opened(await run([0, 1, 2, 3, 4, 5, 6, 7], restarts))).toEqual({
      end: '1970-01-01T06:00:00Z',
      trace: traceId(5),
      header: traceparent(5),
    });
  });

  it('names none where none of the window was sampled', async () => {
    expect(opened(await run([0, 4, 6], false))).toEqual({
      end: '1970-01-01T06:00:00Z',
      trace: undefined,
      header: undefined,
    });
  });
});
