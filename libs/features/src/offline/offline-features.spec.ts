import { AppError } from '@millrace/core';
import type { Take } from '@millrace/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { collect } from '../testing/collect.ts';
import { oneByOne } from '../testing/one-by-one.ts';
import { referenceWindows } from '../testing/reference-vector.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { measureDisorder } from './disorder.ts';
import type { FileEvent } from './file-event.ts';
import { offlineFeatures, type FeatureRow } from './offline-features.ts';

const TAKES: readonly Take[] = [
  'count',
  'sum',
  'mean',
  'min',
  'max',
  'stddev',
  'first',
  'last',
  'distinct',
  'time_since_last',
];
const PLAN = smallPlan({
  features: TAKES.flatMap((take) => {
    const of = take === 'time_since_last' ? {} : { of: 'amount' };
    return [
      { from: 'sale', by: ['place'], over: 40, take, ...of },
      { from: 'sale', by: ['user', 'place'], over: 100, take, ...of, where: 'big' },
      { from: 'sale', by: ['user'], over: 7, take, ...of, default: -1 },
      { from: 'sale', by: ['place'], over: 40, take, ...of, resolution: 15 },
    ];
  }).concat([{ from: 'ask', by: ['place'], over: 30, take: 'count' }]),
});

async function rowsOf(events: readonly FileEvent[], plan = PLAN): Promise<readonly FeatureRow[]> {
  const disorderMs = await measureDisorder(plan, oneByOne(events));
  return collect(offlineFeatures(plan, oneByOne(events), { disorderMs }));
}

/** Quarters, so that the reference's plain sums are exact. */
const amount = fc.option(
  fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
  { freq: 4 },
);
const event = fc.record({
  type: fc.constantFrom('sale', 'sale', 'sale', 'ask'),
  payload: fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'é', '￼', '𐀀'),
    at: fc.integer({ min: 0, max: 150 }),
    place: fc.constantFrom('x', 'y', null),
    user: fc.constantFrom('u', 'v', null),
    amount,
    big: fc.option(fc.boolean()),
    n: fc.integer({ min: 0, max: 3 }),
  }),
});

describe('offline features', () => {
  it('are what the definition says, for every take, whatever the order of the events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const rows = await rowsOf(events);
        const requests = events.filter(({ type }) => type === 'ask');
        expect(rows.map(({ id }) => id)).toEqual(requests.map(({ payload }) => payload.id));
        rows.forEach((row, i) => {
          const expected = referenceWindows(PLAN, requests[i]!, events);
          for (const feature of PLAN.vector.slice(1))
            expectClose(row.vector[feature.index]!, expected.get(feature.name)!, feature.name);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('come in input order, each with all events before its time, though some come later in the file', async () => {
    const sale = (at: number): FileEvent => ({
      type: 'sale',
      payload: { id: `${at}`, at, place: 'x', user: 'u', amount: 1, big: true },
    });
    const ask = (at: number): FileEvent => ({ type: 'ask', payload: { id: `${at}`, at, place: 'x', user: 'u', n: 0 } });
    const rows = await rowsOf([sale(90), ask(100), ask(95), sale(80), sale(99), ask(101)]);
    expect(rows.map(({ id, vector }) => [id, vector[1]])).toEqual([
      ['100', 3],
      ['95', 2],
      ['101', 3],
    ]);
  });

  it('keep what an early request sees while it stands behind a later one that has to wait, however many events pass', async () => {
    const plan = smallPlan({ features: [{ from: 'sale', by: ['user'], over: 7, take: 'sum', of: 'amount' }] });
    const given = (type: string, at: number, id: string): FileEvent => ({
      type,
      payload: { id, at, user: 'u', amount: 1, n: 0 },
    });
    const passing = Array.from({ length: 10_000 }, (_, i) => given('sale', 299, `${i}`));
    const events = [given('sale', 105, 's'), given('ask', 200, 'late'), given('ask', 110, 'early'), ...passing];
    const rows = await collect(offlineFeatures(plan, oneByOne(events), { disorderMs: 100 }));
    expect(rows.map(({ id, vector }) => [id, vector[1]])).toEqual([
      ['late', Number.NaN],
      ['early', 1],
    ]);
  });

  it('are those of one run, when a second one begins amid the events and the first ends where that one is full', async () => {
    let cuts = 0;
    const spread = fc
      .array(event, { minLength: 40, maxLength: 120 })
      .map((events) =>
        events.map(({ type, payload }, i) => ({ type, payload: { ...payload, at: i * 6 + (payload.at % 20) } })),
      );
    await fc.assert(
      fc.asyncProperty(spread, fc.nat({ max: 60 }), fc.constantFrom(20, 0), async (mixed, from, within) => {
        const events = within === 0 ? mixed.toSorted((a, b) => a.payload.at - b.payload.at) : mixed;
        const disorderMs = await measureDisorder(PLAN, oneByOne(events));
        let full: FileEvent | null = null;
        const rest = { disorderMs, onFull: (found: FileEvent): void => void (full = found) };
        const second = await collect(offlineFeatures(PLAN, oneByOne(events.slice(from)), rest));
        if (full) cuts++;
        const isEnd = (found: FileEvent): boolean => found === full;
        const first = await collect(offlineFeatures(PLAN, oneByOne(events), { disorderMs, isEnd }));
        expect([...first, ...second]).toEqual(await collect(offlineFeatures(PLAN, oneByOne(events), { disorderMs })));
      }),
      { numRuns: 150 },
    );
    expect(cuts).toBeGreaterThan(50);
  });

  it('refuse events that are further out of order than was said', async () => {
    const events = [100, 50].map((at): FileEvent => ({
      type: 'sale',
      payload: { id: `${at}`, at, place: 'x', user: 'u', amount: 1 },
    }));
    await expect(collect(offlineFeatures(PLAN, oneByOne(events), { disorderMs: 49 }))).rejects.toThrow(/50 ms behind/);
  });

  it('leave out what would be a dead letter, and say so', async () => {
    const rejected: AppError[] = [];
    const events: FileEvent[] = [
      { type: 'nosuch', payload: {} },
      { type: 'ask', payload: { id: '', at: 1 } },
      { type: 'ask', payload: { id: 'a' } },
      { type: 'ask', payload: { id: 7, at: 1, n: 2 } },
    ];
    const rows = await collect(
      offlineFeatures(PLAN, oneByOne(events), { onRejected: (error) => rejected.push(error) }),
    );
    expect(rejected.map(({ code }) => code)).toEqual(['UNKNOWN_TYPE', 'NO_ID', 'NO_TIME']);
    expect(rows).toMatchObject([{ id: '7', at: 1, key: null }]);
  });
});

function expectClose(found: number, expected: number, name: string): void {
  if (Number.isNaN(expected)) expect(found, name).toBeNaN();
  else
    expect(Math.abs(found - expected), `${name}: ${found} for ${expected}`).toBeLessThanOrEqual(
      1e-6 * Math.max(1, Math.abs(expected)),
    );
}
