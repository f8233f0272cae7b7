import { seededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pooledCounts } from '../significance/pooled-counts.ts';
import { relative } from '../testing/golden.ts';
import { monitoringGolden } from '../testing/monitoring-golden.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { calibrated, isotonicMap } from './calibration-map.ts';
import { compareEstimate } from './compare-estimate.ts';
import { EstimatedClassification, type Estimate } from './estimated-classification.ts';
import { LabelCoverage } from './label-coverage.ts';
import { RealisedClassification } from './realised-classification.ts';
import { RealisedRegression } from './realised-regression.ts';
import { validate } from './validation-performance.ts';

const { cbpe } = monitoringGolden;
const anyNumber = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, -0, 2, Number.NaN),
);
const scored = fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 80 });

const again = <T>(value: T): ReturnType<typeof JSON.parse> => JSON.parse(JSON.stringify(value));

/** Every number in a report. */
function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(numbersOf);
}

function estimateOf(cs: readonly number[]): EstimatedClassification {
  const estimated = new EstimatedClassification(cbpe.threshold);
  for (const c of cs) estimated.add(c, c);
  return estimated;
}

describe('performance estimated without labels', () => {
  const estimated = estimateOf(cbpe.calibrated);

  it('has the expected confusion matrix, accuracy and F1 of the worked example', () => {
    const { tp, fp, tn, fn } = estimated.confusion();
    const { TP, FP, TN, FN } = cbpe.expected;
    [tp, fp, tn, fn].forEach((found, i) => expect(relative(found, [TP, FP, TN, FN][i] as number)).toBeLessThan(1e-9));
    expect(relative((estimated.metrics().accuracy as Estimate).value, cbpe.accuracy)).toBeLessThan(1e-9);
    expect(relative((estimated.metrics().f1 as Estimate).value, cbpe.f1)).toBeLessThan(1e-9);
  });

  it('has its AUC where every score has a bin of its own, which 50 bins give here', () => {
    expect(relative((estimated.metrics().auc as Estimate).value, cbpe.auc_unbinned)).toBeLessThan(1e-9);
  });

  it('holds the truth in its band, nearly always, if the probabilities are right', () => {
    const random = seededRandom(5);
    const outside = { auc: 0, accuracy: 0, precision: 0, recall: 0, f1: 0 };
    for (let cohort = 0; cohort < 300; cohort++) {
      const [guess, truth] = [new EstimatedClassification(), new RealisedClassification()];
      for (let row = 0; row < 400; row++) {
        const c = random();
        guess.add(c, c);
        truth.add(c, random() < c ? 1 : 0);
      }
      const [band, found] = [guess.metrics(), truth.metrics()];
      for (const metric of ['auc', 'accuracy', 'precision', 'recall', 'f1'] as const) {
        const { low, high } = band[metric] as Estimate;
        if ((found[metric] as number) < low || (found[metric] as number) > high) outside[metric]++;
      }
    }
    // 0.3 % lie outside 3 standard errors: of 300 about 1
    for (const count of Object.values(outside)) expect(count).toBeLessThan(6);
  });

  it('is told from a truth that it misses, and whether inputs can be the reason', () => {
    const band = { value: 0.8, low: 0.77, high: 0.83 };
    const verdict = (value: number | null, labels: number, stable: boolean) =>
      compareEstimate(band, { value, labels }, stable).state;
    expect(verdict(0.78, 500, true)).toBe('agrees');
    expect(verdict(0.7, 500, true)).toBe('relation_changed');
    expect(verdict(0.9, 500, true)).toBe('relation_changed');
    expect(verdict(0.7, 500, false)).toBe('inputs_changed');
    expect(verdict(0.7, 29, true)).toBe('insufficient_data');
    expect(verdict(null, 500, true)).toBe('insufficient_data');
    expect(compareEstimate(null, { value: 0.7, labels: 500 }, true).state).toBe('insufficient_data');
  });
});

describe('a calibration map', () => {
  it('rises, and keeps the mean of what it is made of', () => {
    const bin = fc
      .nat({ max: 40 })
      .chain((rows) => fc.record({ rows: fc.constant(rows), positives: fc.nat({ max: rows }) }));
    fc.assert(
      fc.property(fc.array(bin, { maxLength: 50 }), (bins) => {
        const points = bins.map((one, i) => ({ ...one, meanScore: (i + 0.5) / 50 }));
        const map = isotonicMap(points);
        map.probabilities.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(map.probabilities[i - 1] ?? 0));
        const expected = points.reduce(
          (sum, { rows, meanScore }) => sum + rows * (rows > 0 ? calibrated(map, meanScore) : 0),
          0,
        );
        expect(expected).toBeCloseTo(
          points.reduce((sum, { positives }) => sum + positives, 0),
          8,
        );
      }),
    );
  });

  it('leaves a score as it is where it is made of nothing', () => {
    expect(calibrated(isotonicMap([]), 0.3)).toBe(0.3);
  });

  it('is not kept where it only fits the noise of its own rows', () => {
    const random = seededRandom(11);
    const kept = Array.from({ length: 40 }, () => {
      const scores = Array.from({ length: 300 }, random);
      return validate(scores.map((score) => [score, random() < score ? 1 : 0] as const))?.calibration;
    }).filter((map) => map !== null);
    expect(kept.length).toBeLessThan(25);
  });

  it('is level beyond its points', () => {
    const map = { scores: [0.2, 0.4], probabilities: [0.1, 0.5] };
    expect([0, 0.2, 0.4, 1].map((score) => calibrated(map, score))).toEqual([0.1, 0.1, 0.5, 0.5]);
  });
});

describe('performance on labels', () => {
  it('has an AUC within the said distance of that of the single scores', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { minLength: 1 }),
        (rows) => {
          const realised = new RealisedClassification();
          for (const [score, label] of rows) realised.add(score, Number(label));
          const { auc, auc_within } = realised.metrics();
          const of = (wanted: boolean) => rows.flatMap(([score, label]) => (label === wanted ? [score] : []));
          const { live, reference } = pooledCounts(of(true), of(false));
          const exact = areaUnderCurve(live, reference);
          expect(auc === null).toBe(exact === null);
          if (auc !== null)
            expect(Math.abs(auc - (exact as number))).toBeLessThanOrEqual((auc_within as number) + 1e-12);
        },
      ),
    );
  });

  it('counts scores that are no probability and labels of no class, and uses neither', () => {
    const realised = new RealisedClassification();
    for (const [score, label] of [
      [0.8, 1],
      [1.2, 1],
      [Number.NaN, 0],
      [0.3, 2],
      [-0.1, 7],
    ])
      realised.add(score as number, label as number);
    expect(realised.toJSON()).toMatchObject({ unusableScores: 3, unusableLabels: 2 });
    expect(realised.metrics()).toMatchObject({ rows: 1, accuracy: 1, auc: null });
  });

  it('stays finite for a confident mistake', () => {
    const realised = new RealisedClassification();
    realised.add(1, 0);
    expect(realised.metrics().log_loss).toBeCloseTo(34.54, 2);
  });

  it('of a regression leaves out what is not finite', () => {
    const realised = new RealisedRegression();
    for (const [prediction, label] of [
      [1, 2],
      [Number.NaN, 1],
      [1, Number.POSITIVE_INFINITY],
      [1e200, -1e200],
    ])
      realised.add(prediction as number, label as number);
    expect([realised.metrics().mae, realised.toJSON().unusable]).toEqual([1, 3]);
  });

  it('comes with its coverage, and has none before a prediction is mature', () => {
    const coverage = new LabelCoverage();
    expect(coverage.summary()).toBeNull();
    coverage.mature(null);
    expect(coverage.summary()).toEqual({ matured: 1, labelled: 0, share: 0, meanAgeMs: null, longestMs: null });
    coverage.mature(-5);
    expect(coverage.summary()).toMatchObject({ share: 0.5, meanAgeMs: 0 });
  });
});

describe('each of them', () => {
  const kinds = [
    ['estimated', () => new EstimatedClassification()],
    ['realised', () => new RealisedClassification()],
    ['regression', () => new RealisedRegression()],
  ] as const;
  type Any = { add(a: number, b: number): void; merge(state: unknown): void; metrics(): unknown; toJSON(): unknown };

  it.each(kinds)('is the same however rows are spread over instances and restarts: %s', (_, make) => {
    fc.assert(
      fc.property(scored, fc.array(fc.nat({ max: 2 }), { maxLength: 80 }), (rows, where) => {
        const [whole, ...parts] = [make(), make(), make(), make()] as unknown as [Any, Any, Any, Any];
        rows.forEach(([a, b], i) => {
          whole.add(a, b);
          parts[where[i] ?? 0]?.add(a, b);
        });
        const merged = make() as unknown as Any;
        for (const part of parts.toReversed()) merged.merge(again(part));
        expect(again(merged)).toEqual(again(whole));
        expect(merged.metrics()).toEqual(whole.metrics());
      }),
    );
  });

  it.each(kinds)('gives numbers or null, whatever comes: %s', (_, make) => {
    fc.assert(
      fc.property(scored, (rows) => {
        const tally = make();
        for (const [a, b] of rows) tally.add(a, b);
        for (const value of numbersOf(tally.metrics())) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});
