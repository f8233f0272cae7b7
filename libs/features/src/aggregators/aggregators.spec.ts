import type { Take } from '@millrace/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aggregate } from '../testing/aggregate.ts';
import { AGGREGATORS } from './aggregators.ts';

const value = fc.option(
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.maxSafeInteger()),
);

describe.each(Object.keys(AGGREGATORS) as Take[])('%s', (take) => {
  const aggregator = AGGREGATORS[take];

  it('has the same bits however the window is cut into stretches', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 8 }), { maxLength: 6 }), (stretches) => {
        expect(aggregate(aggregator, stretches)).toBe(aggregate(aggregator, [stretches.flat()]));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves the state that it merges as it is', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.array(value, { maxLength: 8 }), (before, later) => {
        const entries = later.map((of, at) => ({ at, id: '', offset: at, values: [of] }));
        const [first, second] = [aggregator.open(), aggregator.open()];
        aggregator.take(second, { entries, from: 0, to: entries.length, slot: 0 });
        const alone = aggregator.value(second, 100);
        aggregator.take(first, {
          entries: before.map((of, at) => ({ at, id: '', offset: at, values: [of] })),
          from: 0,
          to: before.length,
          slot: 0,
        });
        aggregator.merge(first, second);
        aggregator.value(first, 100);
        expect(aggregator.value(second, 100)).toBe(alone);
      }),
    );
  });
});
