import { seededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { logEvidence } from './e-detector.ts';
import { logDirichletMultinomial } from './log-dirichlet-multinomial.ts';
import { logMean, logShiftEvidence } from './shift-evidence.ts';

/** Every window of so many rows on three bins. */
function windowsOf(rows: number): readonly (readonly number[])[] {
  const upTo = (most: number): readonly number[] => Array.from({ length: most + 1 }, (_, i) => i);
  return upTo(rows).flatMap((a) => upTo(rows - a).map((b) => [a, b, rows - a - b]));
}

function logMultinomial(counts: readonly number[]): number {
  const logFactorial = (n: number): number => (n < 2 ? 0 : Math.log(n) + logFactorial(n - 1));
  return logFactorial(counts.reduce((sum, n) => sum + n, 0)) - counts.reduce((sum, n) => sum + logFactorial(n), 0);
}

describe('the evidence of a shift', () => {
  it('can be counted by hand: two rows in the upper of two bins', () => {
    // α = 10, 10; scores −1, 1: shares e^±0.2 / (e^0.2 + e^−0.2), so α = 11.97… or 8.02… above
    const above = [0.2, -0.2].map((by) => (20 * Math.exp(by)) / (Math.exp(by) + Math.exp(-by)));
    const e = above.map((alpha) => (alpha * (alpha + 1)) / (10 * 11));
    const found = logShiftEvidence({ live: [0, 2], reference: [9.5, 9.5] }, 2);
    expect(Math.exp(found)).toBeCloseTo(((e[0] as number) + (e[1] as number)) / 2, 10);
  });

  it('is a fair bet: the mean e over all windows of the reference is 1, whichever bins have an order', () => {
    const reference = [30, 50, 20];
    const uncertain = reference.map((count) => count + 0.5);
    for (const ordered of [2, 3]) {
      const mean = windowsOf(15).reduce((sum, live) => {
        const log = logMultinomial(live) + logDirichletMultinomial(live, uncertain);
        return sum + Math.exp(log + logShiftEvidence({ live, reference }, ordered));
      }, 0);
      expect(mean).toBeCloseTo(1, 10);
    }
  });

  it('is larger than that of anything near the reference where all values have moved a little', () => {
    // deciles of a normal distribution that has moved up by 0.2 sd, in a window of 300 rows
    const moved = [20, 24, 26, 27, 29, 30, 32, 34, 36, 42];
    const pair = { live: moved, reference: moved.map(() => 1000) };
    expect(logEvidence(pair)).toBeLessThan(1);
    expect(logShiftEvidence(pair, 10)).toBeGreaterThan(4);
  });

  it('says the same of a shift down', () => {
    const [live, reference] = [
      [60, 30, 25, 20],
      [400, 350, 300, 250],
    ];
    const down = logShiftEvidence({ live: live.toReversed(), reference: reference.toReversed() }, 4);
    expect(down).toBeCloseTo(logShiftEvidence({ live, reference }, 4), 10);
  });

  it('leaves bins without an order as they are: more of them speak against a shift as they do against the reference', () => {
    const reference = [500, 500, 100];
    const few = logShiftEvidence({ live: [50, 50, 10], reference }, 2);
    const many = logShiftEvidence({ live: [50, 50, 80], reference }, 2);
    expect(many).toBeCloseTo(few, 10);
  });

  it('stays finite where all values lie in one bin, and in windows of a million rows', () => {
    const random = seededRandom(3);
    const reference = Array.from({ length: 10 }, () => Math.floor(1000 * random()));
    expect(logShiftEvidence({ live: [0, 0, 7], reference: [9000, 0, 1] }, 3)).toSatisfy(Number.isFinite);
    expect(logShiftEvidence({ live: reference.map((count) => 1e6 - count), reference }, 10)).toSatisfy(Number.isFinite);
  });
});

describe('the mean of two bets', () => {
  it('is that of the e-values, also where they would overflow', () => {
    expect(Math.exp(logMean(Math.log(3), Math.log(5)))).toBeCloseTo(4, 12);
    expect(logMean(4000, -9000)).toBeCloseTo(4000 - Math.LN2, 9);
  });
});
