import { describe, expect, it } from 'vitest';

import { ScriptedPartition } from '../testing/scripted-partition.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { ask, clock, sale } from '../testing/stage-records.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 100, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['user'], over: 50, take: 'count' },
  ],
  retainLateMs: 10,
});
const PLACE = 0;

describe('a partition of a keyed stage', () => {
  it('answers as of the request: both ends of the window are open', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    for (const [at, amount] of [
      [100, 1],
      [101, 2],
      [199, 4],
      [200, 8],
      [250, 16],
    ] as const)
      place.take('x', sale(at, amount));
    expect(place.take('x', ask(200))).toEqual([{ part: [6], late: false }]);
    expect(place.take('other', ask(200))).toEqual([{ part: [Number.NaN], late: false }]);
  });

  it('lets an event that comes late into the windows that it still belongs to; an answer given stays', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    place.take('x', sale(150, 1));
    place.take('x', clock(160)); // horizon 150
    expect(place.take('x', ask(170))).toEqual([{ part: [1], late: false }]);
    expect(place.take('x', sale(71, 2))).toEqual([]);
    expect(place.take('x', sale(70, 4))).toEqual([]);
    expect(place.take('x', ask(170))).toEqual([{ part: [3], late: false }]);
    expect(place.take('x', ask(171))).toEqual([{ part: [1], late: false }]);
    expect(place.state.tallies).toMatchObject({ lateEvents: 0, lateRequests: 0 });
  });

  it('orders events of one time by id, whichever came first, and shows them to no request of that time', () => {
    const plan = smallPlan({
      features: (['first', 'last'] as const).map((take) => ({ from: 'sale', by: ['user'], over: 50, take, of: 'of' })),
    });
    const user = new ScriptedPartition(plan, 0);
    const at40 = (amount: number, id: string) => ({ ...sale(40, amount, id), values: [amount, amount] });
    for (const [amount, id] of [
      [2, 'b'],
      [3, 'c'],
      [1, 'a'],
    ] as const)
      user.take('ann', at40(amount, id));
    const request = (at: number) => ask(at, { assembly: { asked: [], values: new Float64Array(3) } });
    expect(user.take('ann', request(41))).toMatchObject([{ vector: [0, 1, 3] }]);
    expect(user.take('ann', request(40))).toMatchObject([{ vector: [0, Number.NaN, Number.NaN] }]);
  });

  it('takes an event with the id of another and another time as another event', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    for (const at of [10, 11, 11]) place.take('x', sale(at, 1, 'same'));
    expect(place.take('x', ask(20))).toEqual([{ part: [2], late: false }]);
  });

  it('uses an event once, and the first of two that differ', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    for (const amount of [5, 7]) place.take('x', sale(10, amount, 'same'));
    place.take('x', sale(10, 2, 'another'));
    expect(place.take('x', ask(20))).toEqual([{ part: [7], late: false }]);
  });

  it('waits until every partition of the promise has reached the time of the request', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const both = { id: 'p', partitions: [0, 1] };
    place.take('x', clock(40, both, 0));
    expect(place.take('x', ask(50, { promise: 'p' }))).toEqual([]);
    expect(place.take('x', clock(60, both, 0))).toEqual([]);
    place.take('x', sale(49, 3));
    expect(place.take('x', clock(49, both, 1))).toEqual([]);
    expect(place.take('x', clock(50, both, 1))).toEqual([{ part: [3], late: false }]);
  });

  it('does not wait for a partition whose clock no longer carries the promise, nor without one', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const both = { id: 'p', partitions: [0, 1] };
    place.take('x', clock(60, both, 0));
    place.take('x', clock(10, both, 1));
    expect(place.take('x', ask(50, { promise: 'p' }))).toEqual([]);
    expect(place.take('x', ask(50))).toHaveLength(1);
    expect(place.take('x', clock(11, null, 1))).toHaveLength(1);
    expect(place.take('x', ask(55, { promise: 'p' }))).toHaveLength(1);
  });

  it('does not wait for ever for a promise that was dropped before it was seen on all its partitions', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    place.take('x', clock(10, { id: 'p', partitions: [0, 1] }, 0));
    place.take('x', ask(50, { promise: 'p' }));
    expect(place.take('x', clock(20, null, 1))).toEqual([]);
    expect(place.take('x', clock(20, null, 0))).toEqual([]);
    expect(place.take('x', clock(21, { id: 'another', partitions: [1] }, 1))).toHaveLength(1);
  });

  it('releases what waited in the order in which it came', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const promise = { id: 'p', partitions: [0] };
    place.take('x', sale(1, 1));
    place.take('x', sale(65, 2));
    place.take('x', clock(2, promise));
    for (const at of [70, 60, 80]) place.take('x', ask(at, { promise: 'p' }));
    expect(place.take('x', clock(70, promise))).toEqual([
      { part: [3], late: false },
      { part: [1], late: false },
    ]);
  });

  it('flags a request older than the horizon, and shows it just what a request at the horizon sees of its past', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    for (const [at, amount] of [
      [10, 1],
      [95, 2],
      [120, 4],
    ] as const)
      place.take('x', sale(at, amount));
    place.take('x', clock(200)); // horizon 190: windows begin behind 90
    expect(place.take('x', ask(100))).toEqual([{ part: [2], late: true }]);
    expect(place.take('x', ask(190))).toEqual([{ part: [6], late: false }]);
  });

  it('never moves the horizon past an open request, nor back', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const promise = { id: 'p', partitions: [0, 1] };
    place.take('x', sale(10, 1));
    place.take('x', clock(20, promise, 0));
    place.take('x', ask(50, { promise: 'p' }));
    place.take('x', clock(500, promise, 0));
    place.take('x', clock(40, promise, 1));
    expect(place.take('x', clock(500, promise, 1))).toEqual([{ part: [1], late: false }]);
    place.take('x', clock(300, null, 2));
    expect(place.take('x', ask(480))).toEqual([{ part: [Number.NaN], late: true }]);
  });

  it('holds the horizon where a promise begins before what the clock said last', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    for (const input of [0, 1]) place.take('x', clock(100, null, input)); // horizon 90
    place.take('x', clock(95, { id: 'p', partitions: [0] }, 0));
    place.take('x', clock(500, null, 1));
    expect(place.take('x', ask(95, { promise: 'p' }))).toMatchObject([{ late: false }]);
  });

  it('moves the horizon under a promise only when all its partitions have come to it', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const promise = { id: 'p', partitions: [0, 1] };
    place.take('x', sale(10, 1));
    place.take('x', clock(500, promise, 1));
    place.take('x', clock(20, promise, 0));
    expect(place.take('x', ask(20, { promise: 'p' }))).toEqual([{ part: [1], late: false }]);
  });

  it('keeps nothing of promises that have ended, however many there were', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const bytes = (): number => place.state.marker().body.length;
    place.take('x', clock(100));
    const before = bytes();
    for (let i = 0; i < 50; i++) {
      place.take('x', clock(100, { id: `ended ${i}`, partitions: [0] }));
      place.take('x', clock(100));
    }
    expect(bytes()).toBe(before);
    for (let i = 0; i < 50; i++) {
      place.take('x', clock(100, { id: `given up ${i}`, partitions: [0, 1] }));
      place.take('x', clock(100));
      place.take('x', clock(100, null, 1));
    }
    expect(bytes()).toBeLessThan(before + 8 * 40);
  });

  it('fits the clocks of 200 input partitions under one promise into a marker', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    const promise = {
      id: '0198b2ce-9a53-7c5e-8d0e-1a2b3c4d5e6f',
      partitions: Array.from({ length: 200 }, (_, i) => i),
    };
    for (const input of promise.partitions)
      place.take('x', {
        ...clock(1_384_271_940_000 + input * 7919, promise, input),
        first: 1_382_932_800_000 + input * 7919,
      });
    expect(place.state.marker().body.length).toBeLessThan(3000);
  });

  it('counts an event that is older than every window, and does not use it', () => {
    const place = new ScriptedPartition(PLAN, PLACE);
    place.take('x', clock(200));
    place.take('x', sale(90, 1));
    place.take('x', sale(91, 2));
    expect(place.state.tallies.lateEvents).toBe(1);
    expect(place.take('x', ask(191))).toEqual([{ part: [Number.NaN], late: false }]);
    expect(place.take('x', ask(190))).toEqual([{ part: [2], late: false }]);
  });
});
