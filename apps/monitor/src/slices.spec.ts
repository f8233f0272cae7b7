import { describe, expect, it } from 'vitest';

import type { PerformanceModel } from './performance-model.ts';
import { countSlice, countSliceLabel, sliceReport, sliceSize, slicesOf } from './slices.ts';

const CATEGORIES = Array.from({ length: 30 }, (_, i) => `v${i}`);
const feature = { kind: 'categorical', name: 'c', categories: CATEGORIES, values: [], counts: [] } as const;
const [slice] = slicesOf(['c'], { features: [{ ...feature, other: 0, unseen: 0, missing: 0 }] } as never);
const REGRESSION: PerformanceModel = { kind: 'regression', scale: 2 };

describe('a slice', () => {
  it('keeps 20 values apart, and all others together with what is unseen or missing', () => {
    if (!slice) throw new Error('c has categories');
    const counts = new Float64Array(sliceSize(slice));
    for (const value of [0, 19, 20, 29, 30, Number.NaN, -1]) countSlice(slice, counts, [value], 1);
    countSlice(slice, counts, [19], 1);
    countSlice(slice, counts, [19], -1);
    const report = sliceReport(slice, [...counts], REGRESSION);
    expect(Object.entries(report).map(([value, { matured }]) => [value, matured])).toEqual([
      ['v0', 1],
      ['v19', 1],
      ['other', 5],
    ]);
  });

  it('knows the errors of a regression by value', () => {
    if (!slice) throw new Error('c has categories');
    const counts = new Float64Array(sliceSize(slice));
    countSlice(slice, counts, [3], 1);
    // as countRegression counts an error of −2 scales
    countSliceLabel(slice, counts, [3], Float64Array.of(1, 0, -2 * 2 ** 20, 2 * 2 ** 20, 4 * 2 ** 20), REGRESSION);
    expect(sliceReport(slice, [...counts], REGRESSION)['v3']).toMatchObject({
      labelled: 1,
      metrics: { mae: 4, rmse: 4, bias: -4 },
    });
  });
});
