import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aggregate } from '../testing/aggregate.ts';
import { mean } from './mean.ts';
import { sum } from './sum.ts';

describe('sum and mean', () => {
  it('lose nothing before the one rounding, in float64', () => {
    expect(aggregate(sum, [Array.from({ length: 10 }, () => 0.1)])).toBe(1);
    expect(aggregate(sum, [[1e300, 0.1, null, -1e300]])).toBe(0.1);
    expect(aggregate(mean, [Array.from({ length: 10 }, () => 0.1)])).toBe(0.1);
  });

  it('are the same bits in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        for (const of of [sum, mean]) expect(aggregate(of, [values.toReversed()])).toBe(aggregate(of, [values]));
      }),
    );
  });
});
