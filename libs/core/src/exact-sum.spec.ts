import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ExactSum, type ExactSumState } from './exact-sum.ts';
import { exactUnits } from './testing/exact-units.ts';

/** The float64 nearest to so many units, ties to even; written without any float arithmetic. */
function nearest(total: bigint): number {
  const size = total < 0n ? -total : total;
  const length = size.toString(2).length;
  const drop = BigInt(Math.max(0, length - 53));
  let kept = size >> drop;
  const rest = size - (kept << drop);
  const half = drop === 0n ? 1n : 1n << (drop - 1n);
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  const value = kept << drop;
  if (value >= 1n << 2098n) return total < 0n ? -Infinity : Infinity;
  const view = new DataView(new ArrayBuffer(8));
  const top = value.toString(2).length;
  const exponent = value < 1n << 52n ? 0 : top - 52;
  const fraction = exponent === 0 ? value : (value >> BigInt(exponent - 1)) & 0xfffffffffffffn;
  view.setBigUint64(0, (BigInt(exponent) << 52n) | fraction);
  return total < 0n ? -view.getFloat64(0) : view.getFloat64(0);
}

const exactly = (values: readonly number[]): number => nearest(values.reduce((sum, x) => sum + exactUnits(x), 0n));
const sumOf = (values: readonly number[]): ExactSum => values.reduce((sum, x) => sum.add(x), new ExactSum());

const wild = fc.double({ noNaN: true, noDefaultInfinity: true });
const tame = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(0.1, -0.1, 2 ** 53, 1e16, 0.5),
);
const lists = fc.array(fc.oneof(wild, tame, fc.maxSafeInteger()), { maxLength: 40 });

describe('ExactSum', () => {
  it('is the true sum rounded once, for any float64 values', () => {
    fc.assert(
      fc.property(lists, (values) => {
        expect(sumOf(values).value()).toBe(exactly(values) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps no trace of what was added and taken away again', () => {
    fc.assert(
      fc.property(lists, lists, (stay, go) => {
        const sum = sumOf([...go, ...stay]);
        for (const x of go) sum.subtract(x);
        expect(sum.value()).toBe(exactly(stay) + 0);
      }),
    );
  });

  it('merges to the sum of both and leaves the other as it is', () => {
    fc.assert(
      fc.property(lists, lists, lists, (a, b, later) => {
        const left = sumOf(a);
        const right = sumOf(b);
        left.merge(right);
        for (const x of later) left.add(x);
        expect(left.value()).toBe(exactly([...a, ...b, ...later]) + 0);
        expect(right.value()).toBe(exactly(b) + 0);
      }),
    );
  });

  it('rounds ties to even and breaks them by a bit far below', () => {
    expect(sumOf([2 ** 53, 1]).value()).toBe(2 ** 53);
    expect(sumOf([2 ** 53, 1, Number.MIN_VALUE]).value()).toBe(2 ** 53 + 2);
    expect(sumOf([2 ** 53, 2, 1]).value()).toBe(2 ** 53 + 4);
  });

  it('survives a sum that overflows on its way', () => {
    expect(sumOf([Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE]).value()).toBe(Number.MAX_VALUE);
    expect(sumOf([Number.MAX_VALUE, Number.MAX_VALUE]).value()).toBe(Infinity);
    expect(sumOf([-Number.MAX_VALUE, -Number.MAX_VALUE]).value()).toBe(-Infinity);
  });

  it.each([2 ** 19, 2 ** 19 + 1, 600_000])('stays exact over %i additions, some of which are carried', (count) => {
    const [sum, merged] = [new ExactSum(), new ExactSum()];
    const one = new ExactSum().add(0.1);
    for (let i = 0; i < count; i++) sum.add(0.1);
    for (let i = 0; i < count; i++) merged.merge(one);
    expect(sum.value()).toBe(nearest(exactUnits(0.1) * BigInt(count)));
    expect(merged.value()).toBe(sum.value());
  });

  it('goes on from its JSON, which is the same whatever the order', () => {
    fc.assert(
      fc.property(fc.array(tame), fc.array(wild), (a, b) => {
        const text = JSON.stringify(sumOf(a));
        expect(
          ExactSum.from(JSON.parse(text) as ExactSumState)
            .merge(sumOf(b))
            .value(),
        ).toBe(exactly([...a, ...b]) + 0);
        expect(JSON.stringify(sumOf(a.toReversed()))).toBe(text);
      }),
    );
    expect(ExactSum.from(sumOf([3, 4]).toJSON()).value()).toBe(7);
    expect(sumOf([0.5, 3]).toJSON()).toEqual(
      sumOf([0.5])
        .merge(sumOf([3]))
        .toJSON(),
    );
    expect(sumOf([0.5, 3]).toJSON()).toEqual(
      sumOf([3])
        .merge(sumOf([0.5]))
        .toJSON(),
    );
    expect(sumOf([0.5, 3]).toJSON().whole).toBe(0);
  });

  it('refuses what is not finite', () => {
    expect(() => new ExactSum().add(Number.NaN)).toThrow(RangeError);
  });
});
