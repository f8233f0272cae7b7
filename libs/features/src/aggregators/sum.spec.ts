import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Contents } from '../window/contents.ts';
import { mean } from './mean.ts';
import { sum } from './sum.ts';

const contents = (values: readonly (number | null)[]): Contents => {
  const entries = values.map((value, i) => ({ at: i, id: `${i}`, offset: i, values: [value] }));
  return { entries, from: 0, to: entries.length, slot: 0 };
};

describe('sum and mean', () => {
  it('lose nothing before the one rounding, in float64', () => {
    expect(sum(contents(Array.from({ length: 10 }, () => 0.1)))).toBe(1);
    expect(sum(contents([1e300, 0.1, null, -1e300]))).toBe(0.1);
    expect(mean(contents(Array.from({ length: 10 }, () => 0.1)))).toBe(0.1);
  });

  it('are the same bits in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        for (const of of [sum, mean]) expect(of(contents(values.toReversed()))).toBe(of(contents(values)));
      }),
    );
  });
});
