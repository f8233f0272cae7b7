import { describe, expect, it } from 'vitest';

import { calm, golden, relative } from '../testing/golden.ts';
import { logEvidence, shiryaevRoberts } from './e-detector.ts';
import { logDirichletMultinomial } from './log-dirichlet-multinomial.ts';

describe('the e-detector', () => {
  it('gives a log Dirichlet–multinomial probability that can be counted by hand', () => {
    // two rows, one in each of two bins, shares uniform: ∫ p(1 − p) dp = 1/6
    expect(logDirichletMultinomial([1, 1], [1, 1])).toBeCloseTo(Math.log(1 / 6), 12);
  });

  it('gives the Bayes factor of a sequential multinomial test', () => {
    const logBayesFactor = logDirichletMultinomial([540, 460], [50, 50]) - 1000 * Math.log(0.5);
    expect(relative(logBayesFactor, 1.7130937742645074)).toBeLessThan(1e-9);
  });

  it('finds the evidence of the worked windows', () => {
    expect(relative(logEvidence(golden), golden.logE)).toBeLessThan(1e-9);
    expect(relative(logEvidence(calm), calm.logE)).toBeLessThan(1e-9);
  });

  it('adds up evidence as Shiryaev and Roberts do', () => {
    let logM = Number.NEGATIVE_INFINITY;
    for (let window = 0; window < 3; window++) logM = shiryaevRoberts(logM, logEvidence(calm));
    expect(relative(logM, calm.logMAfterThree)).toBeLessThan(1e-9);
  });

  it('stays finite where e itself would overflow', () => {
    expect(shiryaevRoberts(5000, 4000)).toBe(9000);
    expect(shiryaevRoberts(-5000, 4000)).toBe(4000);
  });

  it('is a fair bet: the mean e over windows of the reference stays below 1', () => {
    // every window of 12 rows in two bins, weighted by its probability under the uncertain reference
    const reference = [30, 70];
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    let mean = 0;
    for (let s = 0; s <= 12; s++) {
      const live = [s, 12 - s];
      const probability = choose(12, s) * Math.exp(logDirichletMultinomial(live, [30.5, 70.5]));
      mean += probability * Math.exp(logEvidence({ live, reference }));
    }
    expect(mean).toBeCloseTo(1, 10);
  });
});
