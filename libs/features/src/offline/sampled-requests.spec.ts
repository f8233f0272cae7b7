import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { collect } from '../testing/collect.ts';
import { oneByOne } from '../testing/one-by-one.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { measureDisorder } from './disorder.ts';
import { SkewCounts } from './feature-skew.ts';
import type { FileEvent } from './file-event.ts';
import { offlineFeatures } from './offline-features.ts';
import { SampledRequests } from './sampled-requests.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 40, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['user', 'place'], over: 100, take: 'count' },
    { from: 'sale', by: ['user'], over: 60, take: 'last', of: 'amount' },
    { from: 'ask', by: ['place'], over: 30, take: 'count' },
  ],
});

const event = fc.record({
  type: fc.constantFrom('sale', 'sale', 'ask', 'nosuch'),
  at: fc.integer({ min: 0, max: 300 }),
  place: fc.constantFrom('x', 'y', 'z', null),
  user: fc.constantFrom('u', 'v', null),
  amount: fc.integer({ min: -9, max: 9 }),
});

describe('requests that are computed again', () => {
  it('have the vectors of all events, whatever their order, though only what is under their keys is held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 10, maxLength: 80, size: 'max' }),
        fc.nat(4),
        async (drawn, nth) => {
          const events = drawn.map(({ type, ...payload }, i): FileEvent => ({
            type,
            payload: { ...payload, id: `${i}`, big: true, n: 1 },
          }));
          const known = events.filter(({ type }) => type !== 'nosuch');
          const disorderMs = await measureDisorder(PLAN, oneByOne(known));
          const rows = await collect(offlineFeatures(PLAN, oneByOne(known), { disorderMs }));
          const wanted = rows.filter((_, i) => i % 5 === nth);
          const requests = new SampledRequests(PLAN, new Map(wanted.map(({ id, at }) => [id, at])));
          for (const one of events) requests.show(one);
          for (const one of events) requests.take(one);
          const found = await requests.vectors();
          expect([...found.keys()].toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
          for (const row of wanted) expect(found.get(row.id)?.vector).toEqual(row.vector);
        },
      ),
    );
  });

  it('are not found where their event is not among those that are shown, or has another time', async () => {
    const ask: FileEvent = { type: 'ask', payload: { id: 'a', at: 5, place: 'x', user: 'u', n: 1 } };
    const requests = new SampledRequests(
      PLAN,
      new Map([
        ['a', 6],
        ['b', 5],
      ]),
    );
    expect(requests.show(ask)).toBe(5);
    requests.take(ask);
    expect(await requests.vectors()).toEqual(new Map());
  });
});

describe('the skew of features', () => {
  it('is what was served and is another value, or none, or one where there is none', () => {
    const counts = new SkewCounts(['same', 'other', 'lost', 'more']);
    const served = { id: 'a', at: 7, vector: Float32Array.of(1, 2, Number.NaN, 4) };
    counts.add(served, Float32Array.of(1, 3, 5, Number.NaN));
    counts.add(
      { ...served, id: 'b', vector: Float32Array.of(1, 3, 5, Number.NaN) },
      Float32Array.of(1, 3, 5, Number.NaN),
    );
    expect([counts.rows, counts.skewedRows]).toEqual([2, 1]);
    expect(counts.features.map(({ mismatch, missing, extra }) => [mismatch, missing, extra])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(counts.features.map(({ first }) => first)).toEqual([
      null,
      { id: 'a', at: 7, served: 2, recomputed: 3 },
      { id: 'a', at: 7, served: Number.NaN, recomputed: 5 },
      { id: 'a', at: 7, served: 4, recomputed: Number.NaN },
    ]);
  });
});
