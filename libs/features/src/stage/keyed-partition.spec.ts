import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, decodeStageRecord, type ClockRecord, type InboundRecord, type StageEvent, type StageRequest } from '@millrace/records';
import { describe, expect, it } from 'vitest';
import { smallPlan } from '../testing/small-plan.ts';
import { TopicScript } from '../testing/topic-script.ts';
import type { Emission } from './emission.ts';
import { KeyedPartition } from './keyed-partition.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 100, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['user'], over: 50, take: 'count' },
  ],
  retainLateMs: 10,
});
const [PLACE, USER] = [0, 1];
let origin = 0;

const sale = (at: number, amount: number, id = `s${at}`): StageEvent => ({ kind: 'event', type: 1, id, at, values: [amount], origin: { partition: 0, offset: origin++ } });
const seen = (at: number, id = `s${at}`): StageEvent => ({ kind: 'event', type: 1, id, at, values: [true], origin: { partition: 0, offset: origin++ } });
const ask = (at: number, more: Partial<StageRequest> = {}): StageRequest => ({
  kind: 'request', id: `r${at}`, at, predictKey: 'ann', origin: { partition: 0, offset: origin++ }, promise: null, attempts: 0, assembly: null, ...more,
});
const clock = (at: number, promise: ClockRecord['promise'] = null, input = 0): ClockRecord => ({ kind: 'clock', input, at, first: 0, promise });

class Subject {
  readonly state: KeyedPartition;
  readonly topic: TopicScript;

  constructor(plan: Plan, stage: number) {
    this.state = new KeyedPartition(plan, plan.stages[stage]!, 0);
    this.topic = new TopicScript(plan.stages[stage]!.topic);
  }

  take(key: string | null, record: Parameters<TopicScript['append']>[1], timestamp?: number): readonly unknown[] {
    return this.process([this.topic.append(key, record, timestamp)]);
  }

  process(records: readonly InboundRecord[]): readonly unknown[] {
    const out: Emission = { records: [], deadLetters: [] };
    for (const record of records) this.state.process(record, out);
    this.state.finish(out);
    this.state.settle();
    return [...out.records.map(({ topic, value }) => said(topic, value as Buffer)), ...out.deadLetters.map(({ code, offset }) => ({ code, offset }))];
  }
}

/** What went out, in few words. */
function said(topic: string, value: Buffer): unknown {
  if (topic !== PLAN.names.features) {
    const part = decodeStageRecord(value);
    return part.kind === 'part' ? (part.error ?? { part: [...part.values!], late: part.late }) : part;
  }
  const record = decodeFeaturesRecord(value);
  return record.kind === 'progress' ? { progress: record.at } : { id: record.id, vector: [...record.vector], late: record.late };
}

const assembly = (n: number, asked: readonly number[] = [PLACE]): StageRequest['assembly'] => ({ asked, values: Float64Array.of(n, Number.NaN, Number.NaN) });

describe('a partition of a keyed stage', () => {
  it('answers as of the request: both ends of the window are open', () => {
    const place = new Subject(PLAN, PLACE);
    for (const [at, amount] of [[100, 1], [101, 2], [199, 4], [200, 8], [250, 16]] as const) place.take('x', sale(at, amount));
    expect(place.take('x', ask(200))).toEqual([{ part: [6], late: false }]);
    expect(place.take('other', ask(200))).toEqual([{ part: [Number.NaN], late: false }]);
  });

  it('uses an event once, and the first of two that differ', () => {
    const place = new Subject(PLAN, PLACE);
    for (const amount of [5, 7]) place.take('x', sale(10, amount, 'same'));
    place.take('x', sale(10, 2, 'another'));
    expect(place.take('x', ask(20))).toEqual([{ part: [7], late: false }]);
  });

  it('waits until every partition of the promise has reached the time of the request', () => {
    const place = new Subject(PLAN, PLACE);
    const both = { id: 'p', partitions: [0, 1] };
    place.take('x', clock(40, both, 0));
    expect(place.take('x', ask(50, { promise: 'p' }))).toEqual([]);
    expect(place.take('x', clock(60, both, 0))).toEqual([]);
    place.take('x', sale(49, 3));
    expect(place.take('x', clock(49, both, 1))).toEqual([]);
    expect(place.take('x', clock(50, both, 1))).toEqual([{ part: [3], late: false }]);
  });

  it('does not wait for a partition whose clock no longer carries the promise, nor without one', () => {
    const place = new Subject(PLAN, PLACE);
    const both = { id: 'p', partitions: [0, 1] };
    place.take('x', clock(60, both, 0));
    place.take('x', clock(10, both, 1));
    expect(place.take('x', ask(50, { promise: 'p' }))).toEqual([]);
    expect(place.take('x', ask(50))).toHaveLength(1);
    expect(place.take('x', clock(11, null, 1))).toHaveLength(1);
    expect(place.take('x', ask(55, { promise: 'p' }))).toHaveLength(1);
  });

  it('does not wait for ever for a promise that was dropped before it was seen on all its partitions', () => {
    const place = new Subject(PLAN, PLACE);
    place.take('x', clock(10, { id: 'p', partitions: [0, 1] }, 0));
    place.take('x', ask(50, { promise: 'p' }));
    expect(place.take('x', clock(20, null, 1))).toEqual([]);
    expect(place.take('x', clock(20, null, 0))).toEqual([]);
    expect(place.take('x', clock(21, { id: 'another', partitions: [1] }, 1))).toHaveLength(1);
  });

  it('releases what waited in the order in which it came', () => {
    const place = new Subject(PLAN, PLACE);
    const promise = { id: 'p', partitions: [0] };
    place.take('x', sale(1, 1));
    place.take('x', sale(65, 2));
    place.take('x', clock(2, promise));
    for (const at of [70, 60, 80]) place.take('x', ask(at, { promise: 'p' }));
    expect(place.take('x', clock(70, promise))).toEqual([{ part: [3], late: false }, { part: [1], late: false }]);
  });

  it('flags a request older than the horizon, and shows it just what a request at the horizon sees of its past', () => {
    const place = new Subject(PLAN, PLACE);
    for (const [at, amount] of [[10, 1], [95, 2], [120, 4]] as const) place.take('x', sale(at, amount));
    place.take('x', clock(200)); // horizon 190: windows begin behind 90
    expect(place.take('x', ask(100))).toEqual([{ part: [2], late: true }]);
    expect(place.take('x', ask(190))).toEqual([{ part: [6], late: false }]);
  });

  it('never moves the horizon past an open request, nor back', () => {
    const place = new Subject(PLAN, PLACE);
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
    const place = new Subject(PLAN, PLACE);
    for (const input of [0, 1]) place.take('x', clock(100, null, input)); // horizon 90
    place.take('x', clock(95, { id: 'p', partitions: [0] }, 0));
    place.take('x', clock(500, null, 1));
    expect(place.take('x', ask(95, { promise: 'p' }))).toMatchObject([{ late: false }]);
  });

  it('moves the horizon under a promise only when all its partitions have come to it', () => {
    const place = new Subject(PLAN, PLACE);
    const promise = { id: 'p', partitions: [0, 1] };
    place.take('x', sale(10, 1));
    place.take('x', clock(500, promise, 1));
    place.take('x', clock(20, promise, 0));
    expect(place.take('x', ask(20, { promise: 'p' }))).toEqual([{ part: [1], late: false }]);
  });

  it('keeps nothing of promises that have ended, however many there were', () => {
    const place = new Subject(PLAN, PLACE);
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
    const place = new Subject(PLAN, PLACE);
    const promise = { id: '0198b2ce-9a53-7c5e-8d0e-1a2b3c4d5e6f', partitions: Array.from({ length: 200 }, (_, i) => i) };
    for (const input of promise.partitions) place.take('x', { ...clock(1_384_271_940_000 + input * 7919, promise, input), first: 1_382_932_800_000 + input * 7919 });
    expect(place.state.marker().body.length).toBeLessThan(3000);
  });

  it('counts an event that is older than every window, and does not use it', () => {
    const place = new Subject(PLAN, PLACE);
    place.take('x', clock(200));
    place.take('x', sale(90, 1));
    place.take('x', sale(91, 2));
    expect(place.state.tallies.lateEvents).toBe(1);
    expect(place.take('x', ask(191))).toEqual([{ part: [Number.NaN], late: false }]);
    expect(place.take('x', ask(190))).toEqual([{ part: [2], late: false }]);
  });
});

describe('the assembler', () => {
  const part = (request: StageRequest, value: number, late = false) =>
    ({ kind: 'part', stage: PLACE, origin: request.origin, values: Float64Array.of(value), late, error: null }) as const;

  it('joins the parts with its own, computed in the step that emits', () => {
    const user = new Subject(PLAN, USER);
    const request = ask(50, { assembly: assembly(0.5) });
    expect(user.take('ann', request)).toEqual([]);
    user.take('ann', seen(49));
    expect(user.take('ann', part(request, 7))).toEqual([{ id: 'r50', vector: [0.5, 7, 1], late: false }]);
    expect(user.take('ann', part(request, 8))).toEqual([]);
  });

  it('keeps the order of requests under a key, and makes no other key wait', () => {
    const user = new Subject(PLAN, USER);
    const [first, second, other] = [ask(50, { assembly: assembly(1) }), ask(40, { assembly: assembly(2) }), ask(45, { assembly: assembly(3), predictKey: 'bob' })];
    user.take('ann', first);
    user.take('ann', second);
    user.take('bob', other);
    expect(user.take('ann', part(second, 2))).toEqual([]);
    expect(user.take('bob', part(other, 3))).toMatchObject([{ id: 'r45' }]);
    expect(user.take('ann', part(first, 1))).toMatchObject([{ id: 'r50' }, { id: 'r40' }]);
  });

  it('waits for its own part as long as the promise asks', () => {
    const user = new Subject(PLAN, USER);
    const promise = { id: 'p', partitions: [0] };
    const request = ask(50, { promise: 'p', assembly: assembly(1) });
    user.take('ann', clock(0, promise));
    user.take('ann', request);
    expect(user.take('ann', part(request, 1))).toEqual([]);
    user.take('ann', seen(49));
    expect(user.take('ann', clock(50, promise))).toMatchObject([{ vector: [1, 1, 1] }, { progress: 50 }]);
  });

  it('gives a request without a key empty windows of its own', () => {
    const user = new Subject(PLAN, USER);
    expect(user.take(null, ask(50, { predictKey: null, promise: 'p', assembly: assembly(1, []) }))).toMatchObject([{ vector: [1, Number.NaN, 0] }]);
  });

  it('makes one dead letter of an error part, and the key goes on', () => {
    const user = new Subject(PLAN, USER);
    const [bad, good] = [ask(50, { assembly: assembly(1) }), ask(51, { assembly: assembly(2) })];
    user.take('ann', bad);
    user.take('ann', good);
    user.take('ann', part(good, 2));
    const error = { code: 'FEATURE_FAILED', reason: 'why' };
    const out = user.take('ann', { ...part(bad, 0), values: null, error });
    expect(out).toMatchObject([{ id: 'r51' }, { code: 'FEATURE_FAILED', offset: bad.origin.offset }]);
  });

  it('makes a dead letter of a part that does not fit the plan', () => {
    const user = new Subject(PLAN, USER);
    const request = ask(50, { assembly: assembly(1) });
    user.take('ann', request);
    expect(user.take('ann', { ...part(request, 0), values: Float64Array.of(1, 2) })).toMatchObject([{ code: 'FEATURE_FAILED' }]);
  });

  it('drops a request whose id it has answered within dedupe.within of broker time, and takes a replayed dead letter', () => {
    const user = new Subject(PLAN, USER);
    const again = (timestamp: number, attempts = 0) => user.take('ann', ask(50, { assembly: assembly(1, []), attempts }), timestamp);
    expect(again(0)).toHaveLength(1);
    expect(again(3_599_000)).toEqual([]); // and is remembered anew
    expect(again(7_190_000)).toEqual([]);
    expect(again(7_190_000, 1)).toHaveLength(1);
    expect(again(7_190_000, 1)).toEqual([]);
    expect(again(12_000_000)).toHaveLength(1);
    expect(user.state.tallies.duplicates).toBe(3);
  });

  it('forgets the oldest ids first where memory ends', () => {
    const plan = smallPlan({ features: [], dedupe: { memoryBytes: 4096 } });
    const user = new Subject(plan, 0);
    const one = (id: string, timestamp: number) => user.take('ann', ask(50, { id, assembly: { asked: [], values: Float64Array.of(1) } }), timestamp);
    for (let i = 0; i < 300; i++) one(`a${i}`, i * 10_000);
    expect(one('a299', 2_990_000)).toEqual([]);
    expect(one('a0', 2_990_000)).toHaveLength(1);
  });

  it('passes on the least clock, never past an open request, and only when it has advanced', () => {
    const user = new Subject(PLAN, USER);
    expect(user.take('ann', clock(100, null, 0))).toEqual([{ progress: 100 }]);
    expect(user.take('ann', clock(90, null, 1))).toEqual([]);
    const request = ask(120, { assembly: assembly(1) });
    user.take('ann', request);
    user.take('ann', clock(200, null, 0));
    expect(user.take('ann', clock(200, null, 1))).toEqual([{ progress: 120 }]);
    expect(user.take('ann', part(request, 1))).toMatchObject([{ id: 'r120' }, { progress: 200 }]);
  });

  it('names the request in the trace of what it emits', () => {
    const user = new Subject(PLAN, USER);
    const record = { ...user.topic.append('ann', ask(50, { assembly: assembly(1, []) })), trace: { traceparent: '00-1-2-01' } as { traceparent: string; eventId?: string } };
    const out: Emission = { records: [], deadLetters: [] };
    user.state.process(record, out);
    expect(record.trace.eventId).toBe('r50');
    expect(out.records[0]?.headers?.map(([name, value]) => [name, String(value)])).toEqual([['traceparent', '00-1-2-01'], ['ce_id', 'r50']]);
  });
});
