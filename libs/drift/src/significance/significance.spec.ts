import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { usedBins } from '../distance/used-bins.ts';
import { relative } from '../testing/golden.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { chiSquareTail } from './chi-square-tail.ts';
import { chiSquareTest } from './chi-square-test.ts';
import { fisherExact } from './fisher-exact.ts';
import { gTest } from './g-test.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { kolmogorovTail } from './kolmogorov-tail.ts';
import { mannWhitney } from './mann-whitney.ts';
import { normalTail } from './normal-tail.ts';

describe('tail probabilities', () => {
  // mpmath with 40 digits
  it.each([
    [3.84, 1, 0.0500435212487051],
    [29.6, 9, 0.0005130172023132385],
    [100, 3, 1.554159431389605e-21],
    [700, 9, 6.9163578387955e-145],
    [1300, 20, 2.958624056214743e-263],
    [0.001, 5, 0.9999999983185123],
  ])('of χ² are right to 1e-12: %d with %d degrees of freedom', (x, freedom, expected) => {
    expect(relative(chiSquareTail(x, freedom), expected)).toBeLessThan(1e-12);
  });

  it.each([
    [0.5, 0.3085375387259869],
    [8, 6.220960574271784e-16],
    [37, 5.725571222524577e-300],
  ])('of the normal distribution are right to 1e-12: %d', (z, expected) => {
    expect(relative(normalTail(z), expected)).toBeLessThan(1e-12);
  });

  // scipy.stats.kstwo.sf; between 2,000 rows and the far tail a series with 5 digits takes over
  it.each([
    [10, 0.3, 0.27053557479999946, 1e-12],
    [50, 0.2, 0.03143877776953241, 1e-12],
    [140, 0.03, 0.9992547123063266, 1e-12],
    [1000, 0.06, 0.001428597887952891, 1e-9],
    [100, 0.9, 2.053383941306576e-100, 1e-12],
    [1000, 0.3, 2.590715705736845e-80, 1e-12],
    [20_000, 0.05, 6.81423819297241e-44, 1e-9],
    [5000, 0.02, 0.03613941395325637, 1e-5],
    [100_000, 0.006, 0.0014871489301131564, 1e-5],
  ])('of Kolmogorov’s D are those of SciPy: n = %d, D = %d', (n, d, expected, tolerance) => {
    expect(relative(kolmogorovTail(d, n), expected)).toBeLessThan(tolerance);
  });
});

describe('a test of two samples', () => {
  const sample = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY)), {
    maxLength: 60,
  });
  const counts = fc.array(fc.nat({ max: 50 }), { maxLength: 12 });

  it('on raw values has a p-value in [0, 1], whatever they are', () => {
    fc.assert(
      fc.property(sample, sample, (live, reference) => {
        for (const test of [kolmogorovSmirnov, mannWhitney]) {
          const { statistic, p } = test(live, reference);
          expect(statistic).toBeGreaterThanOrEqual(0);
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('on counts has a p-value in [0, 1], whatever they are', () => {
    fc.assert(
      fc.property(counts, counts, (live, reference) => {
        for (const test of [chiSquareTest, gTest]) {
          const { statistic, p } = test(usedBins(live, reference));
          expect(statistic).not.toBeNaN();
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('finds no difference where there is nothing to compare', () => {
    const none = { statistic: 0, p: 1 };
    expect([
      kolmogorovSmirnov([], [1]),
      mannWhitney([1], []),
      chiSquareTest(usedBins([], [3])),
      gTest(usedBins([0], [3])),
    ]).toEqual([none, none, none, none]);
    expect(mannWhitney([2, 2], [2, 2, 2]).p).toBe(1);
    expect(kolmogorovSmirnov([2, 2], [2, 2, 2])).toEqual(none);
  });

  it('of a 2×2 table is symmetric, and 1 for even ones', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(80), fc.nat(80), fc.nat(80), (a, b, c, d) => {
        const p = fisherExact(a, b, c, d);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(relative(fisherExact(b, a, d, c), p)).toBeLessThan(1e-9);
        expect(relative(fisherExact(a, c, b, d), p)).toBeLessThan(1e-9);
      }),
    );
    expect(fisherExact(5, 5, 5, 5)).toBe(1);
  });
});

describe('the correction for many tests', () => {
  it('never lowers a p-value, keeps their order, and stays at or below 1', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
        const adjusted = benjaminiHochberg(ps);
        ps.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p * (1 - 1e-15));
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          ps.forEach((other, j) => other < p && expect(adjusted[j]).toBeLessThanOrEqual(adjusted[i] as number));
        });
      }),
      { numRuns: 50 },
    );
  });
});
