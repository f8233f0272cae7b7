import { describe, expect, it } from 'vitest';

import { golden, relative } from '../testing/golden.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { ksOnBins } from './ks-on-bins.ts';
import { lInfinity } from './l-infinity.ts';
import { expectedPsi, nullQuantile, psi } from './psi.ts';
import { totalVariation } from './total-variation.ts';
import { usedBins } from './used-bins.ts';
import { wassersteinOnBins } from './wasserstein-on-bins.ts';

const pair = usedBins(golden.live, golden.reference);

describe('the distances between two binned samples', () => {
  it.each([
    ['PSI', psi(pair), golden.psi],
    ['the null quantile of PSI', nullQuantile(pair), golden.nullQuantile],
    ['the Jensen–Shannon distance', jensenShannon(pair), golden.jensenShannon],
    ['the Hellinger distance', hellinger(pair), golden.hellinger],
    ['L∞', lInfinity(pair), golden.lInfinity],
    ['total variation', totalVariation(pair), golden.totalVariation],
  ])('agree with SciPy: %s', (_, found, expected) => {
    expect(relative(found, expected)).toBeLessThan(1e-9);
  });

  it('are 0 for the same shares', () => {
    const same = usedBins([10, 30, 60], [1, 3, 6]);
    for (const distance of [jensenShannon, hellinger, lInfinity, totalVariation])
      expect(distance(same)).toBeCloseTo(0, 7);
  });

  it('are 1 for shares that do not meet', () => {
    const apart = usedBins([10, 0], [0, 7]);
    for (const distance of [jensenShannon, hellinger, lInfinity, totalVariation]) expect(distance(apart)).toBe(1);
  });

  it('are the same whichever of the two is live', () => {
    const swapped = { live: pair.reference, reference: pair.live };
    for (const distance of [jensenShannon, hellinger, lInfinity, totalVariation, ksOnBins])
      expect(distance(swapped)).toBeCloseTo(distance(pair), 12);
    expect(wassersteinOnBins(swapped, [...golden.edges, 1])).toBeCloseTo(
      wassersteinOnBins(pair, [...golden.edges, 1]),
      12,
    );
  });

  it('take no notice of a bin that nobody uses', () => {
    const withUnused = usedBins([...golden.live, 0, 0], [...golden.reference, 0, 0]);
    expect(psi(withUnused)).toBe(psi(pair));
    expect(nullQuantile(withUnused)).toBe(nullQuantile(pair));
    expect(expectedPsi(withUnused)).toBe(expectedPsi(pair));
  });

  it('have a result where only one bin exists', () => {
    const constant = usedBins([0, 40], [0, 900]);
    expect([psi(constant), nullQuantile(constant), expectedPsi(constant)]).toEqual([0, 0, 0]);
  });

  it('expect a PSI of (B − 1)(1/N + 1/M) without a shift', () => {
    expect(expectedPsi(pair)).toBeCloseTo(9 * (1 / 200 + 1 / 150), 12);
  });
});
