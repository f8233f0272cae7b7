import { describe, expect, it } from 'vitest';

import { LatencyHistogram } from './latency-histogram.ts';

describe('LatencyHistogram', () => {
  it('gives quantiles to 5 %', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
    const { p50, p99 } = histogram.quantiles() as { p50: number; p99: number };
    expect(Math.abs(p50 / 500 - 1)).toBeLessThan(0.05);
    expect(Math.abs(p99 / 990 - 1)).toBeLessThan(0.05);
  });

  it('has none before the first duration', () => {
    expect(new LatencyHistogram().quantiles()).toBeNull();
  });
});
