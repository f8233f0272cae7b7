import { describe, expect, it } from 'vitest';

import { LatencyEstimate } from './latency-estimate.ts';

function learn(...seen: readonly (readonly [rows: number, ms: number])[]): LatencyEstimate {
  const estimate = new LatencyEstimate();
  for (const [rows, ms] of seen) estimate.observe(rows, ms);
  return estimate;
}

describe('LatencyEstimate', () => {
  it('knows nothing at first', () => {
    expect(new LatencyEstimate().predictMs(100)).toBe(0);
  });

  it('learns a line', () => {
    expect(learn([10, 3], [100, 12]).predictMs(50)).toBeCloseTo(7, 9);
  });

  it('takes the mean where one size alone has been seen', () => {
    expect(learn([64, 1], [64, 3]).predictMs(8)).toBeCloseTo(2, 1);
  });

  it('never says that more rows take less time', () => {
    const estimate = learn([1, 9], [100, 2]);
    expect(estimate.predictMs(100)).toBeGreaterThanOrEqual(estimate.predictMs(1));
  });

  it('follows a model that becomes slower', () => {
    const estimate = learn([10, 1], [100, 10]);
    for (let i = 0; i < 300; i++) estimate.observe(i % 2 ? 10 : 100, i % 2 ? 10 : 100);
    expect(estimate.predictMs(50)).toBeCloseTo(50, 0);
  });
});
