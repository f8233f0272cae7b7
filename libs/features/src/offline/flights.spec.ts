import { loadPlan } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { collect } from '../testing/collect.ts';
import { FLIGHTS_PIPELINE, flightEvents } from '../testing/flights.ts';
import { oneByOne } from '../testing/one-by-one.ts';
import { referenceWindows } from '../testing/reference-vector.ts';
import type { FileEvent } from './file-event.ts';
import { offlineFeatures, type FeatureRow } from './offline-features.ts';

/** id, at, key, the features in the order of the model; computed independently of this code (empty: null). */
const WORKED = [
  '2013-11-12-MQ-3572-LGA,1384271940000,N537MQ,11.9833333333,1,419,5,2,10,13.80936,35.96,0.03,64,21,42,0.452380952381,0.454545454545,14.1,2.88636363636,35,-5.46153846154,-12,73860',
  '2013-11-13-B6-1-JFK,1384352460000,N643JB,10.35,2,1069,1,1,10,16.11092,32,0,61,9,50,0.02,0.030303030303,-4.68,-15.2142857143,-15.25,-11.5,-11,21120',
  '2013-11-14-US-2167-LGA,1384423200000,N742PS,6,3,214,6,2,10,13.80936,35.06,0,1,1,0,,0,,,,0.3,,',
  '2013-11-17-AA-2223-LGA,1384721700000,N467AA,16.9166666667,6,888,4,2,1.5,0,55.94,0.02,58,20,30,0.266666666667,0.153846153846,38.1666666667,-0.788461538462,-1.5,-9.33333333333,,',
  '2013-12-05-9E-4277-LGA,1386291600000,,21,3,585,7,2,7,8.05546,57.92,0,49,7,41,0.731707317073,0.857142857143,212,127.68,,0,,',
].map((line) => line.split(','));

async function* firstOf(count: number): AsyncGenerator<FileEvent> {
  for await (const event of flightEvents())
    if (count-- > 0) yield event;
    else return;
}

function expectWithinAMillionth(found: number, expected: number, what: string): void {
  if (Number.isNaN(expected)) expect(found, what).toBeNaN();
  else
    expect(Math.abs(found - expected), `${what}: ${found} for ${expected}`).toBeLessThanOrEqual(
      1e-6 * Math.max(Math.abs(expected), 1e-9),
    );
}

describe('the features of the flights', () => {
  it('are those of the worked rows, over the eight weeks, with a row for each of the 51,436 requests', async () => {
    const plan = await loadPlan(FLIGHTS_PIPELINE);
    const rows = new Map<string, FeatureRow>();
    for await (const row of offlineFeatures(plan, oneByOne(flightEvents()))) rows.set(row.id, row);
    expect(rows.size).toBe(51_436);
    for (const [id, at, key, ...features] of WORKED) {
      const row = rows.get(id!)!;
      expect([row.at, row.key ?? '']).toEqual([Number(at), key]);
      expect(features).toHaveLength(row.vector.length);
      features.forEach((value, i) =>
        expectWithinAMillionth(
          row.vector[i]!,
          value === '' ? Number.NaN : Number(value),
          `${id} ${plan.vector[i]!.name}`,
        ),
      );
    }
  }, 60_000);

  it('are what the definition says by brute force, over the first 20,000 events', async () => {
    const plan = await loadPlan(FLIGHTS_PIPELINE);
    const events = await collect(firstOf(20_000));
    const requests = events.filter(({ type }) => type === 'departure_due');
    const rows = await collect(offlineFeatures(plan, oneByOne(firstOf(20_000))));
    expect(rows).toHaveLength(requests.length);
    for (let i = 0; i < rows.length; i += 61) {
      const expected = referenceWindows(plan, requests[i]!, events);
      for (const [name, value] of expected) {
        const { index } = plan.vector.find((feature) => feature.name === name)!;
        expectWithinAMillionth(rows[i]!.vector[index]!, value, `${rows[i]!.id} ${name}`);
      }
    }
  }, 60_000);
});
