import type { InboundRecord } from '@millrace/records';
import type { InputPartition } from '@millrace/stream';
import { beforeAll, describe, expect, it } from 'vitest';

import type { HeldPromise } from './clocks/clock-state.ts';
import { EventDecoder } from './decode/event-decoder.ts';
import { takeInEventOrder } from './take-in-event-order.ts';
import { asked, NEW_YEAR, rideRecord, ridesPlan, watermark } from './testing/rides.ts';

const MINUTE = 60_000;
const WIDE = { records: 100, bytes: 1 << 20 };
let decoder: EventDecoder;
beforeAll(async () => {
  decoder = new EventDecoder(await ridesPlan());
});

interface Standing {
  readonly promises?: ReadonlyMap<number, HeldPromise>;
  readonly met?: readonly number[];
}

/** Partitions by their queued values; a number is the minute of an event. */
function take(
  queues: readonly (readonly unknown[])[],
  { promises = new Map(), met = [] }: Standing = {},
  limits = WIDE,
): readonly string[] {
  const inputs = queues.map((queue, partition): InputPartition => {
    const queued = queue.map((value, offset) =>
      rideRecord({ value: typeof value === 'number' ? asked(NEW_YEAR + value * MINUTE) : value, partition, offset }),
    );
    return { topic: 'rides.events', partition, queued, position: 0, lastStable: 1000, idleSinceMs: null };
  });
  const name = ({ partition, offset }: InboundRecord): string => `${partition}:${offset}`;
  return takeInEventOrder(inputs, limits, {
    decode: (record) => decoder.decode(record),
    promise: (partition) => promises.get(partition) ?? null,
    hasMet: (partition) => met.includes(partition),
    elsewhere: () => -Infinity,
    maxSkewMs: 10 * MINUTE,
    maxAheadMs: 60 * MINUTE,
  }).map(name);
}

const promise = (before: number): HeldPromise => ({ id: 'p1', partitions: [0, 1], before: NEW_YEAR + before * MINUTE });

describe('takeInEventOrder', () => {
  it('merges partitions by event time and keeps the order inside each', () => {
    expect(
      take([
        [1, 5, 4],
        [2, 3, 9],
      ]),
    ).toEqual(['0:0', '1:0', '1:1', '0:1', '0:2', '1:2']);
  });

  it('takes what has no event time at once', () => {
    expect(take([[3, Buffer.from('?'), 4], [2]])).toEqual(['1:0', '0:0', '0:1', '0:2']);
    expect(take([[Buffer.from('?')], [2]])).toEqual(['0:0', '1:0']);
  });

  it('stops at either limit, and takes one record whatever its size', () => {
    expect(take([[1, 2, 3]], {}, { records: 2, bytes: 1 << 20 })).toEqual(['0:0', '0:1']);
    expect(take([[1, 2, 3]], {}, { records: 9, bytes: 1 })).toEqual(['0:0']);
  });

  it('holds nothing back without a promise', () => {
    expect(take([[1, 500], []])).toEqual(['0:0', '0:1']);
  });

  it('takes an event at once that is too far ahead of its watermark: it is refused, and holds nothing up', () => {
    const promises = new Map([
      [0, promise(0)],
      [1, promise(0)],
    ]);
    expect(take([[61, 1], []], { promises })).toEqual(['0:0', '0:1']);
    expect(take([[60, 1], []], { promises })).toEqual([]);
    expect(take([[watermark(NEW_YEAR + MINUTE), 61], []], { promises })).toEqual(['0:0']);
  });

  it('holds a promised partition that is more than max_skew ahead of the watermark of the slowest', () => {
    const promises = new Map([
      [0, promise(0)],
      [1, promise(0)],
    ]);
    expect(take([[1, 10, 11], []], { promises })).toEqual(['0:0', '0:1']);
  });

  it('goes on as the slowest shows its next event, or a watermark', () => {
    const promises = new Map([
      [0, promise(0)],
      [1, promise(0)],
    ]);
    expect(take([[1, 20], [15]], { promises })).toEqual(['0:0', '1:0']);
    expect(take([[1, 20], [watermark(NEW_YEAR + 12 * MINUTE)]], { promises })).toEqual(['1:0', '0:0', '0:1']);
  });

  it('lets other partitions pass one that is held', () => {
    const promises = new Map([
      [0, promise(0)],
      [1, promise(0)],
    ]);
    expect(take([[11], [], [12, 30]], { promises })).toEqual(['2:0', '2:1']);
  });

  it('holds a promise back until all partitions that it names have met it, its end too', () => {
    const promises = new Map([[0, promise(0)]]);
    expect(take([[1, 2], []], { promises })).toEqual([]);
    expect(take([[watermark(NEW_YEAR, { idle: true })], []], { promises })).toEqual([]);
    expect(take([[watermark(NEW_YEAR), watermark(NEW_YEAR), 1], []])).toEqual(['0:0', '0:1']);
  });

  it('no longer waits for a partition whose part has ended', () => {
    expect(take([[1, 50], []], { promises: new Map([[0, promise(0)]]), met: [1] })).toEqual(['0:0', '0:1']);
  });
});
