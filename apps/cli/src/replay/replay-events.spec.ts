import { ManualClock } from '@millrace/core/testing';
import { MemoryLog } from '@millrace/memory-log';
import { parsePipeline, type Plan } from '@millrace/pipeline';
import { eventKeyPartition } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import type { EventLine } from '../events/event-line.ts';
import { replayEvents, type ReplayOptions } from './replay-events.ts';
import type { ReplayProgress } from './replay-options.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: rides
events: { asked: { schema: asked.json, id: id, time: at } }
predict: { on: asked, key: rider, model: fare }
features: [{ name: one, value: "1.0" }]
`;
const SCHEMA = JSON.stringify({
  type: 'object',
  properties: { id: { type: 'string' }, at: {}, rider: { type: ['string', 'null'] } },
  required: ['id', 'rider'],
});
const T0 = 1_700_000_000_000;
const PARTITIONS = 2;
const MINUTE = 60_000;

interface Sent {
  readonly type: string;
  readonly at?: number;
  readonly id?: string;
  readonly promise?: string;
  readonly before?: number;
  readonly partitions?: readonly number[];
  readonly idle?: boolean;
}

let plan: Plan;
let clock: ManualClock;
let log: MemoryLog;
beforeEach(async () => {
  plan = await parsePipeline(PIPELINE, { file: 'rides.yaml', folder: '/nowhere', read: async () => SCHEMA });
  clock = new ManualClock(T0);
  log = new MemoryLog({ clock });
  await log.admin().create([
    {
      topic: 'rides.events',
      partitions: PARTITIONS,
      replication: null,
      config: { 'message.timestamp.type': 'CreateTime' },
    },
  ]);
});

const event = (at: number | null, line = 1, rider: string | null = 'ann'): EventLine => ({
  type: 'asked',
  payload: { id: `id-${line}`, at, rider },
  line,
});

async function* listed(events: readonly EventLine[]): AsyncGenerator<EventLine> {
  yield* events;
}

function replay(
  events: readonly EventLine[] | AsyncIterable<EventLine>,
  options: Partial<ReplayOptions> = {},
): Promise<ReplayProgress> {
  const lines = Symbol.asyncIterator in events ? events : listed(events);
  return replayEvents({ plan, log, clock, events: lines, ...options });
}

async function partition(number: number): Promise<readonly Sent[]> {
  const [chunk] = await log.source().fetch([{ topic: 'rides.events', partition: number, offset: 0 }], {
    maxWaitMs: 0,
    maxBytes: 1e9,
    maxBytesPerPartition: 1e9,
  });
  return (chunk?.records ?? []).map(({ value }) => JSON.parse(String(value)) as Sent);
}

/** `w5` a watermark before T0 + 5 minutes, `e5` an event at that time, `idle` the end. */
async function story(number: number): Promise<string> {
  const minutes = (ms: number | undefined) => ((ms ?? NaN) - T0) / MINUTE;
  return (await partition(number))
    .map((sent) => (sent.idle ? 'idle' : sent.promise ? `w${minutes(sent.before)}` : `e${minutes(sent.at)}`))
    .join(' ');
}

describe('replayEvents', () => {
  it('promises on every partition before any event, and ends behind the last', async () => {
    await replay([event(T0), event(T0 + 5 * MINUTE)]);
    const mine = eventKeyPartition('ann', '', PARTITIONS);
    expect(await story(mine)).toBe('w0 e0 e5 w5 idle');
    expect(await story(1 - mine)).toBe('w0 w5 idle');
    const [first] = await partition(0);
    expect(first?.partitions).toEqual([0, 1]);
  });

  it('places events by predict.key, and those without by their id', async () => {
    await replay([event(T0, 1, 'bob'), event(T0, 2, null)]);
    const holds = async (id: string, number: number) => (await partition(number)).some((sent) => sent.id === id);
    expect(await holds('id-1', eventKeyPartition('bob', '', PARTITIONS))).toBe(true);
    expect(await holds('id-2', eventKeyPartition(null, 'id-2', PARTITIONS))).toBe(true);
  });

  it('takes a promise id that was never used', async () => {
    await replay([event(T0)]);
    await replay([event(T0 + MINUTE)]);
    expect(new Set((await partition(0)).flatMap(({ promise }) => promise ?? [])).size).toBe(2);
  });

  it('sends the events from --from on and before --to, whose watermark is the last', async () => {
    const sent = await replay(
      [0, 1, 2, 3].map((minute) => event(T0 + minute * MINUTE)),
      { from: T0 + MINUTE, to: T0 + 3 * MINUTE },
    );
    expect(await story(eventKeyPartition('ann', '', PARTITIONS))).toBe('w1 e1 e2 w3 idle');
    expect(sent).toEqual({ events: 2, requests: 2, late: 0, at: T0 + 2 * MINUTE });
  });

  it('keeps its watermark within events.max_ahead of what it sends', async () => {
    await replay([event(T0), event(T0 + 600 * MINUTE)]);
    expect(await story(eventKeyPartition('ann', '', PARTITIONS))).toBe('w0 e0 w600 e600 idle');
  });

  it('writes a watermark at least every 500 events', async () => {
    await replay(Array.from({ length: 1200 }, (_, i) => event(T0 + i, i)));
    const watermarks = (await partition(0)).filter(({ promise, idle }) => promise && !idle);
    expect(watermarks.map(({ before }) => (before ?? 0) - T0)).toEqual([0, 499, 999, 1199]);
  });

  it('sends what goes back in time, and says that it is late', async () => {
    const sent = await replay([event(T0), event(T0 + 600 * MINUTE), event(T0 + MINUTE)]);
    expect(sent).toMatchObject({ events: 3, late: 1 });
    expect(await story(eventKeyPartition('ann', '', PARTITIONS))).toBe('w0 e0 w600 e600 e1 idle');
  });

  it('sends what has no event time untouched, for ingest to refuse', async () => {
    const raw = '{"type":"asked",  "at":"soon"}';
    expect(await replay([event(T0), { type: 'asked', payload: { at: 'soon' }, line: 2, raw }])).toMatchObject({
      events: 2,
      at: T0,
    });
  });

  it('ends its promise when the file is bad in the middle', async () => {
    const broken = async function* () {
      yield event(T0);
      throw new Error('line 2 is broken');
    };
    await expect(replay(broken())).rejects.toThrow('line 2');
    expect(await story(0)).toMatch(/idle$/);
  });

  it('refuses a topic under another promise, until that ends or is old', async () => {
    const watermark = {
      topic: 'rides.events',
      partition: 1,
      key: null,
      value: JSON.stringify({ type: 'millrace.watermark', promise: 'other', before: T0, partitions: [1] }),
    };
    await log.publisher().publish([watermark]);
    await expect(replay([event(T0)])).rejects.toThrow('the partition 1 of rides.events is under the promise other');
    clock.advance(60_001);
    expect(await replay([event(T0)])).toMatchObject({ events: 1 });
  });

  it('names the topic that is not there', async () => {
    await log.admin().delete(['rides.events']);
    await expect(replay([event(T0)])).rejects.toThrow('there is no topic rides.events');
  });
});

describe('a replay at a speed', () => {
  /** Lets the clock run until the replay ends; returns how long that took. */
  async function timed(running: Promise<unknown>): Promise<number> {
    const start = clock.now();
    let done = false;
    void running.finally(() => (done = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return clock.now() - start;
      clock.advance(1000);
    }
  }

  it('takes as long as it took, divided by the speed', async () => {
    expect(await timed(replay([event(T0), event(T0 + 10 * MINUTE)], { speed: 60 }))).toBe(10_000);
  });

  it('keeps to a rate', async () => {
    expect(
      await timed(
        replay(
          [0, 1, 2, 3, 4].map((i) => event(T0 + i)),
          { rate: 0.5 },
        ),
      ),
    ).toBe(8000);
  });

  it('puts a watermark behind what is out before it pauses, and repeats it through the night', async () => {
    await timed(replay([event(T0), event(T0 + 1), event(T0 + 1 + MINUTE)], { speed: 1 }));
    const told = (await partition(0)).filter(({ promise, idle }) => promise && !idle).map(({ before }) => before ?? 0);
    expect(told.length).toBeGreaterThan(8);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    const events = (await partition(eventKeyPartition('ann', '', PARTITIONS))).flatMap(
      ({ at, before }) => at ?? before ?? [],
    );
    for (const [i, at] of events.entries()) expect(at).toBeGreaterThanOrEqual(Math.max(...events.slice(0, i), 0));
  });

  it('stops when it is told to, and ends its promise', async () => {
    const stop = new AbortController();
    const running = replay([event(T0), event(T0 + 600 * MINUTE)], { speed: 1, signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await running).toMatchObject({ events: 1 });
    expect(await story(0)).toMatch(/w0( w0)* idle$/);
  });
});
