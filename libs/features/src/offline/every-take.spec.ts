import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { collect } from '../testing/collect.ts';
import { flightEvents } from '../testing/flights.ts';
import { oneByOne } from '../testing/one-by-one.ts';
import { referenceWindows } from '../testing/reference-vector.ts';
import { offlineFeatures } from './offline-features.ts';

const PIPELINE = fileURLToPath(new URL('../testing/every-take.yaml', import.meta.url));
const TAKES = ['count', 'sum', 'mean', 'min', 'max', 'stddev', 'first', 'last', 'distinct', 'time_since_last'];
/** Of the 155,741 events: the long windows are full behind the first two fifths of them. */
const EVERY = 1499;
/** The literal implementation rounds at each step, and the vector is float32. */
const RELATIVE = 1e-6;

describe('every take, over the flights', () => {
  it('is what the definition says by brute force, for requests all along the eight weeks', async () => {
    const plan = await loadPlan(PIPELINE);
    const windows = plan.vector.filter((feature) => feature.kind === 'window');
    expect(new Set(windows.map(({ take }) => take))).toEqual(new Set(TAKES));
    const events = await collect(flightEvents());
    const rows = await collect(offlineFeatures(plan, oneByOne(flightEvents())));
    const requests = events.filter(({ type }) => type === 'departure_due');
    expect(rows).toHaveLength(requests.length);
    const seen = new Map(windows.map(({ name }) => [name, 0]));
    for (let i = 0; i < rows.length; i += EVERY) {
      for (const [name, expected] of referenceWindows(plan, requests[i]!, events)) {
        const found = rows[i]!.vector[windows.find((feature) => feature.name === name)!.index]!;
        if (Number.isNaN(expected)) expect(found, `${rows[i]!.id} ${name}`).toBeNaN();
        else {
          expect(Math.abs(found - expected), `${rows[i]!.id} ${name}`).toBeLessThanOrEqual(
            RELATIVE * Math.max(1, Math.abs(expected)),
          );
          seen.set(name, seen.get(name)! + 1);
        }
      }
    }
    // no feature is compared by its emptiness alone
    expect(
      [...seen.values()].every((count) => count > 5),
      JSON.stringify([...seen]),
    ).toBe(true);
  }, 60_000);
});
