import { exactUnits } from '@millrace/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aggregate } from '../testing/aggregate.ts';
import { stddev } from './stddev.ts';

const deviation = (values: readonly (number | null)[]): number | null => aggregate(stddev, [values]);

function floorRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** The deviation in units of 2^-1138, rounded down. */
function exactly(values: readonly number[]): bigint {
  const n = BigInt(values.length);
  const xs = values.map(exactUnits);
  const sum = xs.reduce((a, b) => a + b, 0n);
  const squares = xs.reduce((a, b) => a + b * b, 0n);
  return floorRoot(((n * squares - sum * sum) << 128n) / (n * (n - 1n)));
}

describe('stddev', () => {
  it('is right to the last place or so for any values', () => {
    const any = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.double({ min: 1e8, max: 1e8 + 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(any, { minLength: 2, maxLength: 12 }), (values) => {
        const found = deviation(values)!;
        const expected = exactly(values);
        if (found === Infinity) return expect(expected >> 64n > exactUnits(Number.MAX_VALUE) / 2n).toBe(true);
        const error = (exactUnits(found) << 64n) - expected;
        expect((error < 0n ? -error : error) <= (expected >> 51n) + (1n << 64n)).toBe(true);
        return undefined;
      }),
      { numRuns: 1000 },
    );
  });

  it('does not drown in large values that are close', () => {
    expect(deviation([1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75])).toBe(0.25);
    expect(deviation([1e15, 1e15 + 2, 1e15 + 4])).toBe(2);
  });

  it('does not depend on the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 2 }), (values) => {
        expect(deviation(values.toReversed())).toBe(deviation(values));
        expect(deviation(values.toSorted((a, b) => a - b))).toBe(deviation(values));
      }),
    );
  });

  it('is null below two values, nulls not counted', () => {
    expect(deviation([])).toBeNull();
    expect(deviation([3, null])).toBeNull();
    expect(deviation([3, 3])).toBe(0);
  });
});
