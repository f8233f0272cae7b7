import { describe, expect, it } from 'vitest';

import { outputDifference } from './output-difference.ts';
import { rankCorrelation } from './rank-correlation.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('outputDifference', () => {
  it('tells mean, quantiles and maximum of what the two are apart, whichever is larger', () => {
    const a = Float64Array.from({ length: 100 }, (_, i) => 10 + i);
    const b = a.map((value, i) => value + (i % 2 ? i + 1 : -(i + 1)));
    expect(outputDifference(a, b)).toMatchObject({ rows: 100, mean: 50.5, p50: 50, p90: 90, p99: 99, max: 100 });
  });

  it('tells the share of rows that are on the other side of 0.5, which itself is above', () => {
    expect(outputDifference(of(0.5, 0.49, 0.9, 0), of(0.51, 0.5, 0.4, 0.3)).flipped).toBe(0.5);
  });

  it('knows no classes where an output is no probability', () => {
    expect(outputDifference(of(0.5, 1.01), of(0.5, 1)).flipped).toBeNull();
    expect(outputDifference(of(0.5, 1), of(-0.01, 1)).flipped).toBeNull();
  });

  it('is nothing for the same', () => {
    const difference = { mean: 0, max: 0, flipped: 0 };
    expect(outputDifference(of(0.2, 0.8), of(0.2, 0.8))).toMatchObject({ ...difference, rankCorrelation: 1 });
  });
});

describe('rankCorrelation', () => {
  it('is that of SciPy, with ties', () => {
    // scipy.stats.spearmanr
    const [a, b] = [of(0.1, 0.4, 0.4, 0.35, 0.8, 0.1, 0.1), of(1, 30, 20, 30, 40, 2, 30)];
    expect(rankCorrelation(a, b)).toBeCloseTo(0.6602252917735247, 12);
  });

  it('looks at the order alone', () => {
    expect(rankCorrelation(of(1, 2, 3), of(-10, 0, 1e9))).toBe(1);
    expect(rankCorrelation(of(1, 2, 3), of(3, 2, 1))).toBe(-1);
  });

  it('is none where all rows get the same', () => {
    expect(rankCorrelation(of(1, 2), of(5, 5))).toBeNull();
  });
});
