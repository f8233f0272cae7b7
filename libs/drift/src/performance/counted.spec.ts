import { seededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { incidentRule } from '../watch/incident-rule.ts';
import { closeWindow, UNWATCHED } from '../watch/signal-watch.ts';
import { errorSignal } from './error-signal.ts';
import { countEstimate, ESTIMATE_SIZE, estimatedFrom, expectedErrors } from './estimate-counts.ts';
import { EstimatedClassification } from './estimated-classification.ts';
import { RealisedClassification } from './realised-classification.ts';
import { countRealised, estimatedOfLabelled, REALISED_SIZE, realisedErrors, realisedFrom } from './realised-counts.ts';
import { RealisedRegression } from './realised-regression.ts';
import { countRegression, REGRESSION_SIZE, regressionFrom } from './regression-counts.ts';
import { weighErrors } from './weigh-errors.ts';

const random = seededRandom(5);
const ROWS = Array.from({ length: 3000 }, (_, i) => {
  const score = i === 7 ? Number.NaN : random();
  return { score, c: score ** 2, label: i === 11 ? 3 : Number(random() < score) };
});

/** Both within what rounding to 2⁻²⁰ a row leaves of a mean. */
function expectClose(found: object, wanted: object): void {
  for (const [name, value] of Object.entries(wanted) as [string, number | { value: number; low: number } | null][]) {
    const other = (found as Record<string, typeof value>)[name] as typeof value;
    if (typeof value === 'object' && value !== null) expectClose(other as object, value);
    else expect(other, name).toBeCloseTo(value as number, 6);
  }
}

function added(parts: readonly Float64Array[]): readonly number[] {
  return Array.from(parts[0] as Float64Array, (_, i) => parts.reduce((sum, part) => sum + (part[i] as number), 0));
}

describe('performance in integers', () => {
  it('gives the estimate that single rows give', () => {
    const counts = new Float64Array(ESTIMATE_SIZE);
    const direct = new EstimatedClassification(0.4);
    for (const { score, c } of ROWS) {
      countEstimate(counts, score, c, 0.4);
      direct.add(score, c);
    }
    expectClose(estimatedFrom(counts).metrics(), direct.metrics());
    expect(estimatedFrom(counts).unusable).toBe(1);
    const { fp, fn } = direct.confusion();
    expect(expectedErrors(counts)[0]).toBeCloseTo(fp + fn, 2);
    expect(expectedErrors(counts)[0] + expectedErrors(counts)[1]).toBe(2999);
  });

  it('gives the metrics that single rows give, and what was estimated of the same rows', () => {
    const counts = new Float64Array(REALISED_SIZE);
    const direct = new RealisedClassification(0.4);
    const estimated = new EstimatedClassification(0.4);
    for (const row of ROWS) {
      countRealised(counts, row, 0.4);
      direct.add(row.score, row.label);
      if (row.label <= 1 && row.score >= 0) estimated.add(row.score, row.c);
    }
    expectClose(realisedFrom(counts).metrics(), direct.metrics());
    expectClose(estimatedOfLabelled(counts).metrics(), estimated.metrics());
    const { fp, fn, tp, tn } = direct.toJSON().confusion;
    expect(realisedErrors(counts)).toEqual([fp + fn, tp + tn]);
  });

  it('gives the errors of a regression, whatever its scale, and no more than 32 scales of one', () => {
    for (const scale of [1e-6, 3, 1e9]) {
      const counts = new Float64Array(REGRESSION_SIZE);
      const direct = new RealisedRegression();
      for (const { score, label } of ROWS) {
        countRegression(counts, score * scale, label * scale, scale);
        direct.add(score * scale, label * scale);
      }
      const [found, wanted] = [regressionFrom(counts, scale).metrics(), direct.metrics()];
      expect(found.rows).toBe(wanted.rows);
      for (const metric of ['mae', 'rmse', 'bias'] as const)
        expect((found[metric] as number) / scale).toBeCloseTo((wanted[metric] as number) / scale, 5);
    }
    const counts = new Float64Array(REGRESSION_SIZE);
    countRegression(counts, 1000, 0, 1);
    expect(regressionFrom(counts, 1).metrics()).toMatchObject({ mae: 32, rmse: 32 });
  });

  it('is the same to the last bit in whatever parts and order it is counted', () => {
    const parts = [0, 1, 2].map((part) => {
      const counts = new Float64Array(REALISED_SIZE);
      ROWS.filter((_, i) => i % 3 === part).forEach((row) => countRealised(counts, row, 0.5));
      return counts;
    });
    const whole = new Float64Array(REALISED_SIZE);
    for (const row of ROWS.toReversed()) countRealised(whole, row, 0.5);
    expect(added(parts)).toEqual(Array.from(whole));
    expect(added(parts.toReversed())).toEqual(Array.from(whole));
  });

  it('takes only more errors for a change', () => {
    const signal = errorSignal({ rows: 1000, errors: 180 });
    expect(weighErrors(signal, [20, 480])).toMatchObject({ psi: 0, effect: 0, rows: 500 });
    expect(weighErrors(signal, [20, 480]).logE).toBeLessThanOrEqual(0);
    expect(weighErrors(signal, [160, 340])).toMatchObject({ rows: 500 });
    expect(weighErrors(signal, [160, 340]).logE).toBeGreaterThan(5);
  });

  it.each([
    ['none, as ever', 0, 0],
    ['none, where there were few', 10, 0],
    ['far fewer than there were', 1000, 1],
  ])('never comes to suspect a rate by windows with %s', (_, errors, wrong) => {
    const evidence = weighErrors(errorSignal({ rows: 100_000, errors }), [wrong, 1000 - wrong]);
    const rule = incidentRule({ runLength: 1000, persistence: 2, remindMs: 1 }, 1, 0.02);
    let watch = UNWATCHED;
    for (let start = 0; start < 10_000; start++)
      ({ watch } = closeWindow(watch, evidence, { start, end: start + 1 }, rule));
    expect([watch.state, Math.exp(watch.logM ?? 0)]).toEqual(['ok', expect.closeTo(1)]);
  });

  it('has none where no row is labelled', () => {
    expect(weighErrors(errorSignal({ rows: 1000, errors: 180 }), [0, 0])).toMatchObject({ rows: 0, psi: 0, logE: 0 });
  });
});
