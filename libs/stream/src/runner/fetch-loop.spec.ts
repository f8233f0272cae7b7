import { ManualClock } from '@millrace/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ScriptedSource, type ScriptedRecords } from '../testing/scripted-source.ts';
import { FetchLoop } from './fetch-loop.ts';
import { InputLane } from './input-lane.ts';
import { DEFAULT_LIMITS } from './runner-options.ts';
import { Wakeup } from './wakeup.ts';

const MB = 1 << 20;
const QUEUED_BYTES = 16 * MB;

describe('the fetch loop', () => {
  let clock: ManualClock;
  let room: Wakeup;
  let source: ScriptedSource;
  let lanes: InputLane[];
  let idle: boolean;
  let recordsAhead: number;
  let loop: FetchLoop;
  let running: Promise<void>;

  const start = (partitions: number, records: ScriptedRecords, waiting: readonly number[]): void => {
    source = new ScriptedSource(clock, partitions, records);
    lanes = waiting.map((count, partition) => {
      source.append(partition, count);
      return new InputLane({ topic: 't', partition }, 0, count);
    });
    loop = new FetchLoop({
      source,
      clock,
      limits: { ...DEFAULT_LIMITS, queuedBytes: QUEUED_BYTES },
      lanes: () => lanes,
      idle: () => idle,
      pace: { recordsIn: () => recordsAhead },
      onFetched: () => undefined,
      onError: () => Promise.resolve(),
      room,
    });
    running = loop.run();
  };
  const lane = (partition: number): InputLane => lanes[partition] as InputLane;
  /** All that can happen without time passing. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const queued = (): number => lanes.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0);
  const take = (partition: number, count: number): void => {
    lane(partition).shift(count);
    room.wake();
  };

  beforeEach(() => {
    clock = new ManualClock();
    room = new Wakeup(clock);
    idle = false;
    recordsAhead = 1e9;
  });

  afterEach(async () => {
    loop.stop();
    room.wake();
    clock.advance(10_000);
    await running;
  });

  it('fetches a lane that got room at once, though a fetch waits for news of another', async () => {
    start(2, { recordBytes: MB / 4, expansion: 1 }, [1000, 0]);
    await settled();
    const [full, before] = [lane(0).queued.length, source.asked.length];
    expect(full).toBeGreaterThan(10);
    expect(source.asked.at(-1)).toEqual([1]);
    take(0, 12);
    await settled();
    expect(source.asked.length).toBeGreaterThan(before);
    expect(lane(0).queued.length).toBe(full);
    expect(clock.elapsed()).toBe(0);
  });

  it('hears of what comes for a lane at once, whatever the others do', async () => {
    start(3, { recordBytes: MB / 4, expansion: 1 }, [1000, 0, 0]);
    await settled();
    for (const partition of [1, 2]) {
      source.append(partition, 1);
      await settled();
      expect(lane(partition).queued.length).toBe(1);
    }
    expect(clock.elapsed()).toBe(0);
  });

  /** Two fetches wait for news: an older one of lanes 1 to 3, and one of all of them. */
  const twoWaiting = async (): Promise<void> => {
    start(4, { recordBytes: MB / 4, expansion: 1 }, [40, 0, 0, 0]);
    await settled();
    clock.advance(DEFAULT_LIMITS.fetchWaitMs / 2);
    while (lane(0).queued.length > 0) {
      take(0, lane(0).queued.length);
      await settled();
    }
    expect(source.underWay).toBe(2);
  };

  it('comes back to one fetch for all lanes when all wait for news', async () => {
    await twoWaiting();
    clock.advance(DEFAULT_LIMITS.fetchWaitMs / 2);
    await settled();
    expect([source.underWay, source.asked.at(-1)]).toEqual([1, [0, 1, 2, 3]]);
  });

  it('takes what two fetches bring only once', async () => {
    await twoWaiting();
    source.append(1, 2);
    await settled();
    expect(lane(1).queued.map(({ offset }) => offset)).toEqual([0, 1]);
  });

  it.each([
    ['8 partitions', 8, { recordBytes: 200, expansion: 2 }],
    ['one partition', 1, { recordBytes: 200, expansion: 2 }],
    ['1,000 partitions', 1000, { recordBytes: 1000, expansion: 1 }],
    ['1,000 partitions of records of 1 MB', 1000, { recordBytes: MB, expansion: 1 }],
    ['records that are 30 times larger unpacked', 8, { recordBytes: 20_000, expansion: 30 }],
    ['tiny records', 8, { recordBytes: 10, expansion: 40 }],
  ])('keeps what waits within its bound: %s', async (_, partitions, records) => {
    const each = Math.max(2, Math.ceil((100 * MB) / records.recordBytes / partitions));
    start(
      partitions,
      records,
      Array.from({ length: partitions }, () => each),
    );
    let most = 0;
    for (let round = 0; round < 10; round++) {
      await settled();
      most = Math.max(most, queued());
      for (const { partition, queued: waiting } of lanes) lane(partition).shift(waiting.length >> 1);
      room.wake();
    }
    expect(most).toBeGreaterThan(QUEUED_BYTES / 2);
    expect(most).toBeLessThan(3 * QUEUED_BYTES);
  });

  it.each([
    [20_000, 200 * 20_000],
    [100, MB],
  ])('keeps no more waiting than a slow stage gets to, or a megabyte: %i records', async (ahead, bound) => {
    recordsAhead = ahead;
    start(
      8,
      { recordBytes: 200, expansion: 1 },
      Array.from({ length: 8 }, () => 100_000),
    );
    await settled();
    for (const { partition, queued: waiting } of lanes) lane(partition).shift(waiting.length);
    room.wake();
    await settled();
    expect(queued()).toBeGreaterThan(bound / 2);
    expect(queued()).toBeLessThan(2.5 * bound);
  });

  it('keeps no more than a megabyte waiting before it is known how fast the stage is', async () => {
    recordsAhead = Infinity;
    start(
      8,
      { recordBytes: 200, expansion: 1 },
      Array.from({ length: 8 }, () => 100_000),
    );
    await settled();
    expect(queued()).toBeGreaterThan(0);
    expect(queued()).toBeLessThan(2.5 * MB);
  });

  it('fetches a lane that holds nothing when the stage takes nothing of the others', async () => {
    start(100, { recordBytes: MB, expansion: 1 }, [...Array.from({ length: 99 }, () => 5), 0]);
    await settled();
    expect(queued()).toBeLessThan(3 * QUEUED_BYTES);
    source.append(99, 1);
    idle = true; // the others are held back for this one
    room.wake();
    await settled();
    expect(lane(99).queued.length).toBe(1);
  });

  it('takes no partition for idle while it cannot be read', async () => {
    start(1, { recordBytes: 200, expansion: 1 }, [0]);
    const passes = async (): Promise<void> => {
      clock.advance(DEFAULT_LIMITS.fetchWaitMs);
      await settled();
    };
    await passes();
    expect(lane(0).idleSinceMs).toBe(DEFAULT_LIMITS.fetchWaitMs);
    let failures = 0;
    source.fetch = async () => {
      failures++;
      await clock.sleep(DEFAULT_LIMITS.fetchWaitMs);
      throw new Error('scripted');
    };
    await passes();
    await passes();
    expect([failures > 1, lane(0).idleSinceMs]).toEqual([true, null]);
    source.fetch = ScriptedSource.prototype.fetch;
    await passes();
    await passes();
    expect(lane(0).idleSinceMs).toBe(clock.elapsed());
  });
});
