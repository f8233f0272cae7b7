import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import type { AlertNote } from '@millrace/drift';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recordedContext } from '../../testing/recorded-context.ts';
import { affectedRows, type AffectedRows } from './affected-rows.ts';

const PIPELINE = fileURLToPath(new URL('../../../../../examples/flights/pipeline.yaml', import.meta.url));
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const WINDOW = { start: '2013-12-02T05:00:00Z', end: '2013-12-09T05:00:00Z' };

describe('the affected predictions', () => {
  let plan: Plan;
  let log: MemoryLog;

  beforeEach(async () => {
    plan = await recordedContext().loadPlan(PIPELINE);
    log = new MemoryLog({ clock: new SystemClock() });
    await log.admin().create(topicSpecs(plan));
  });
  afterEach(() => log.close());

  interface Row {
    readonly time?: string;
    readonly version?: string;
    readonly wind?: number | null;
    readonly carrier?: number;
    readonly probability?: number;
    readonly traced?: boolean;
  }

  /** One after the other in two partitions, a day apart where nothing else is said. */
  async function predicted(...rows: readonly Row[]): Promise<void> {
    const records = rows.map((row, i) => {
      const { time = `2013-12-0${i + 2}T06:00:00Z`, version = '1', wind = 0, carrier = 0, probability = 0.1 } = row;
      const features = { wind_speed: wind, carrier };
      const value = { id: `f${i}`, time, version, variant: 'champion', features, outputs: { probability } };
      const headers = row.traced ? [['traceparent', Buffer.from(`00-${TRACE}-b7ad6b7169203331-01`)] as const] : [];
      return { topic: plan.names.predictions, partition: i % 2, key: null, value: JSON.stringify(value), headers };
    });
    await log.publisher().publish(records);
  }

  async function affected(signal: string, bin: string, most = 20): Promise<AffectedRows | null> {
    const moved = [
      { bin: 'lost', from: 0.5, to: 0.3 },
      { bin, from: 0.1, to: 0.3 },
    ];
    const opened = { signal, version: '1', variant: 'champion', window: WINDOW, moved } as unknown as AlertNote;
    return affectedRows(log, plan, opened, { most, signal: new AbortController().signal });
  }
  const ids = async (...args: Parameters<typeof affected>): Promise<readonly string[] | undefined> =>
    (await affected(...args))?.rows.map(({ id }) => id);

  it('are those of the window and version whose value lies in the bin that gained, its upper bound with it', async () => {
    await predicted(
      { wind: 5 },
      { wind: 10 },
      { wind: 10.5 },
      { wind: 7, version: '2' },
      { wind: 7, time: '2013-12-09T05:00:00Z' },
      { wind: 5.5, time: '2013-12-02T05:00:00Z' },
    );
    expect(await ids('wind_speed', '(5, 10]')).toEqual(['f5', 'f1']);
    expect(await ids('wind_speed', '(10, +inf)')).toEqual(['f2']);
    expect(await ids('wind_speed', '(-inf, 5]')).toEqual(['f0']);
  });

  it('are found by a category, by what is missing, and by an output whose bound is a float32', async () => {
    await predicted({ carrier: 1, wind: null }, { carrier: 2, probability: 0.36397213 });
    expect(await ids('carrier', 'B6')).toEqual(['f0']);
    expect(await ids('wind_speed', 'missing')).toEqual(['f0']);
    expect(await ids('outputs.probability', '(0.2, 0.36397212743759155]')).toEqual(['f1']);
  });

  it('are counted all, named the first, with the traces that they are in', async () => {
    await predicted({ wind: 6, traced: true }, { wind: 7 }, { wind: 8 });
    expect(await affected('wind_speed', '(5, 10]', 2)).toEqual({
      bin: '(5, 10]',
      count: 3,
      rows: [
        { id: 'f0', time: '2013-12-02T06:00:00Z', value: '6', trace: TRACE },
        { id: 'f1', time: '2013-12-03T06:00:00Z', value: '7', trace: null },
      ],
    });
  });

  it('are named by time, however many there are and in whichever order they stand', async () => {
    const hours = [19, 13, 18, 11, 17, 16, 12, 15, 14];
    await predicted(...hours.map((hour) => ({ wind: 6, time: `2013-12-02T${hour}:00:00Z` })));
    expect(await ids('wind_speed', '(5, 10]', 2)).toEqual(['f3', 'f6']);
    expect((await affected('wind_speed', '(5, 10]', 2))?.count).toBe(9);
  });

  it('are not known where the bins are of no value, or predictions do not hold it', async () => {
    await predicted({});
    expect(await affected('performance.error_rate', 'wrong')).toBeNull();
    expect(await affected('distance', '(5, 10]')).toBeNull();
  });
});
