import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shortestFloat32 } from './shortest-float32.ts';

/** The definition, digit by digit. */
function byDefinition(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

describe('shortestFloat32', () => {
  it.each([0.1, 0.5372, 13.80936, 35.96, -5.461538, 16777216, 1e-7, 3.4028235e38, 1.1754944e-38, -0.03])(
    'prints %d again',
    (decimal) => {
      expect(shortestFloat32(Math.fround(decimal))).toBe(decimal);
    },
  );

  it('reads back as the same float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortestFloat32(value)) + 0).toBe(value + 0);
      }),
      { numRuns: 20_000 },
    );
  });

  it('has no more digits than needed', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: 2 ** -60, max: 2 ** 60 }), (value) => {
        const digits = (n: number): number => n.toExponential().replace(/e.*|\D/g, '').length;
        expect(digits(shortestFloat32(value))).toBe(digits(byDefinition(value)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('leaves alone what is not finite', () => {
    expect([Number.NaN, Infinity, -Infinity].map(shortestFloat32)).toEqual([Number.NaN, Infinity, -Infinity]);
  });
});
