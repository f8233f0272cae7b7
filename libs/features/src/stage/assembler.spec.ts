import { decodeFeaturesRecord, type StageRequest } from '@millrace/records';
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
const [PLACE, USER] = [0, 1];

const assembly = (n: number, asked: readonly number[] = [PLACE]): StageRequest['assembly'] => ({
  asked,
  values: Float64Array.of(n, Number.NaN, Number.NaN),
});

describe('the assembler', () => {
  const part = (request: StageRequest, value: number, late = false) =>
    ({
      kind: 'part',
      stage: PLACE,
      origin: request.origin,
      attempts: 0,
      values: Float64Array.of(value),
      late,
      error: null,
    }) as const;

  it('joins the parts with its own, computed in the step that emits', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const request = ask(50, { assembly: assembly(0.5) });
    expect(user.take('ann', request)).toEqual([]);
    user.take('ann', sale(49));
    expect(user.take('ann', part(request, 7))).toEqual([{ id: 'r50', vector: [0.5, 7, 1], late: false }]);
    expect(user.take('ann', part(request, 8))).toEqual([]);
  });

  it("hands the request's block on with the vector", () => {
    const user = new ScriptedPartition(PLAN, USER);
    const asked = [7, undefined].map((block, i) =>
      ask(50, { id: `r${i}`, assembly: { asked: [], values: Float64Array.of(1, 2, 3), ...(block && { block }) } }),
    );
    const vectors = asked.flatMap((request) => {
      const { records } = user.process(user.topic.append('ann', request));
      user.state.settle();
      return records.map(({ value }) => decodeFeaturesRecord(value as Buffer));
    });
    expect(vectors.map((row) => row.kind === 'vector' && row.block)).toEqual([7, undefined]);
  });

  it('keeps the order of requests under a key, and makes no other key wait', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const [first, second, other] = [
      ask(50, { assembly: assembly(1) }),
      ask(40, { assembly: assembly(2) }),
      ask(45, { assembly: assembly(3), predictKey: 'bob' }),
    ];
    user.take('ann', first);
    user.take('ann', second);
    user.take('bob', other);
    expect(user.take('ann', part(second, 2))).toEqual([]);
    expect(user.take('bob', part(other, 3))).toMatchObject([{ id: 'r45' }]);
    expect(user.take('ann', part(first, 1))).toMatchObject([{ id: 'r50' }, { id: 'r40' }]);
  });

  it('holds many open requests of one key as easily as one, in order, and takes them back with their batch', () => {
    const [many, user] = [50_000, new ScriptedPartition(PLAN, USER)];
    const requests = Array.from({ length: many }, (_, i) => ask(50, { id: `r${i}`, assembly: assembly(i) }));
    for (const request of requests) user.process(user.topic.append('ann', request));
    user.state.settle();
    const [first, ...others] = requests.map((request) => user.topic.append('ann', part(request, 1)));
    for (const record of others) expect(user.process(record).records).toEqual([]);
    user.state.settle();
    const emitted = () => user.process(first!).records.map(({ value }) => decodeFeaturesRecord(value as Buffer));
    const vectors = emitted();
    expect(vectors.map((row) => row.kind === 'vector' && row.id)).toEqual(requests.map(({ id }) => id));
    user.state.rollback(0);
    expect(emitted()).toEqual(vectors);
  }, 120_000);

  it('answers once where request and part come twice, and holds up nobody', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const [request, next] = [ask(50, { assembly: assembly(1) }), ask(60, { assembly: assembly(2) })];
    for (const copy of [request, request, next]) expect(user.take('ann', copy)).toEqual([]);
    expect(user.take('ann', part(request, 7))).toMatchObject([{ id: 'r50' }]);
    expect(user.take('ann', part(next, 8))).toMatchObject([{ id: 'r60' }]);
    for (const late of [request, part(request, 7), part(next, 8)]) expect(user.take('ann', late)).toEqual([]);
  });

  it('does not answer what another feature set has answered, also after a restore', () => {
    const seen = { kind: 'seen', id: 'r50', origin: { partition: 0, offset: 3 }, attempts: 0 } as const;
    const user = new ScriptedPartition(PLAN, USER);
    user.take('ann', seen);
    const { body, keepFrom } = user.state.marker();
    expect(keepFrom).toBe(0);
    const again = new ScriptedPartition(PLAN, USER);
    again.state.load(new Map([['', body]]));
    again.state.restore([again.topic.append('ann', seen)]);
    for (const at of [user, again]) {
      expect(at.take('ann', ask(50, { assembly: assembly(1, []) }))).toEqual([]);
      expect(at.take('ann', ask(50, { attempts: 1, assembly: assembly(2, []) }))).toMatchObject([{ id: 'r50' }]);
    }
  });

  it('waits for its own part as long as the promise asks', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const promise = { id: 'p', partitions: [0] };
    const request = ask(50, { promise: 'p', assembly: assembly(1) });
    user.take('ann', clock(0, promise));
    user.take('ann', request);
    expect(user.take('ann', part(request, 1))).toEqual([]);
    user.take('ann', sale(49));
    expect(user.take('ann', clock(50, promise))).toMatchObject([{ vector: [1, 1, 1] }, { progress: 50 }]);
  });

  it('gives a request without a key empty windows of its own', () => {
    const user = new ScriptedPartition(PLAN, USER);
    expect(user.take(null, ask(50, { predictKey: null, promise: 'p', assembly: assembly(1, []) }))).toMatchObject([
      { vector: [1, Number.NaN, 0] },
    ]);
  });

  it('makes one dead letter of an error part, and the key goes on', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const [bad, good] = [ask(50, { assembly: assembly(1) }), ask(51, { assembly: assembly(2) })];
    user.take('ann', bad);
    user.take('ann', good);
    user.take('ann', part(good, 2));
    const error = { code: 'FEATURE_FAILED', reason: 'why' };
    const out = user.take('ann', { ...part(bad, 0), values: null, error });
    expect(out).toMatchObject([{ id: 'r51' }, { code: 'FEATURE_FAILED', offset: bad.origin.offset }]);
  });

  it('makes a dead letter of a part that does not fit the plan', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const request = ask(50, { assembly: assembly(1) });
    user.take('ann', request);
    expect(user.take('ann', { ...part(request, 0), values: Float64Array.of(1, 2) })).toMatchObject([
      { code: 'FEATURE_FAILED' },
    ]);
  });

  it('drops a request whose id it has answered within dedupe.within of broker time, and takes a replayed dead letter', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const again = (timestamp: number, attempts = 0) =>
      user.take('ann', ask(50, { assembly: assembly(1, []), attempts }), timestamp);
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
    const user = new ScriptedPartition(plan, 0);
    const one = (id: string, timestamp: number) =>
      user.take('ann', ask(50, { id, assembly: { asked: [], values: Float64Array.of(1) } }), timestamp);
    for (let i = 0; i < 300; i++) one(`a${i}`, i * 10_000);
    expect(one('a299', 2_990_000)).toEqual([]);
    expect(one('a0', 2_990_000)).toHaveLength(1);
  });

  it('passes on the least clock, never past an open request, and only when it has advanced', () => {
    const user = new ScriptedPartition(PLAN, USER);
    expect(user.take('ann', clock(100, null, 0))).toEqual([{ progress: 100 }]);
    expect(user.take('ann', clock(90, null, 1))).toEqual([]);
    const request = ask(120, { assembly: assembly(1) });
    user.take('ann', request);
    user.take('ann', clock(200, null, 0));
    expect(user.take('ann', clock(200, null, 1))).toEqual([{ progress: 120 }]);
    expect(user.take('ann', part(request, 1))).toMatchObject([{ id: 'r120' }, { progress: 200 }]);
  });

  it('names the request in the trace of what it emits', () => {
    const user = new ScriptedPartition(PLAN, USER);
    const record = {
      ...user.topic.append('ann', ask(50, { assembly: assembly(1, []) })),
      trace: { traceparent: '00-1-2-01' } as { traceparent: string; eventId?: string },
    };
    const out = user.process(record);
    expect(record.trace.eventId).toBe('r50');
    expect(out.records[0]?.headers?.map(([name, value]) => [name, String(value)])).toEqual([
      ['traceparent', '00-1-2-01'],
      ['ce_id', 'r50'],
    ]);
  });
});
