import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { lostDigits, withLostDigits } from './lost-digits.ts';

describe('lostDigits', () => {
  it('gives every 64-bit integer back, signed or not', () => {
    const integer = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), fc.constantFrom(2n ** 63n - 1n, 2n ** 64n - 1n));
    fc.assert(
      fc.property(integer, (value) => {
        expect(BigInt(withLostDigits(Number(value), lostDigits(value)))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('is nothing where float64 has all of it, and for other numbers', () => {
    expect([2n ** 53n - 1n, -(2n ** 53n) + 1n, 0n].map(lostDigits)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([lostDigits(2n ** 53n), lostDigits(2n ** 53n + 1n)]).toEqual([0, 1]);
    expect([withLostDigits(0.5), withLostDigits(Infinity, Number.NaN)]).toEqual([0.5, Infinity]);
  });
});
