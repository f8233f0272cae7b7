import { describe, expect, it } from 'vitest';

import { alarms, thresholdFor } from './threshold.ts';

describe('false alarms', () => {
  it('are counted as they begin: one that comes back within three windows is the same', () => {
    expect(alarms([0, 5, 5, 0, 0, 5, 0, 0, 0, 5], 4)).toBe(2);
    expect(alarms([5, 4, Number.NEGATIVE_INFINITY], 5)).toBe(0);
  });
});

describe('a threshold', () => {
  // in every tenth window a score of its own, all others far below
  const scores = Float64Array.from({ length: 200 }, (_, i) => (i % 10 === 0 ? i : -i / 1000));

  it('lets as many alarms begin as asked for, the highest scores of all signals', () => {
    expect(thresholdFor(5, [scores])).toBe(140);
    expect(thresholdFor(5, [scores, scores.map((score) => score + 1)])).toBe(170);
  });

  it('is not found below, where one alarm lasts for ever', () => {
    expect(alarms(scores, -1)).toBe(1);
    expect(thresholdFor(4, [scores])).toBe(150);
  });

  it('is none where no more alarms than that are possible', () => {
    const rare = scores.map((score) => (score > 0 ? score : Number.NEGATIVE_INFINITY));
    expect(thresholdFor(30, [rare])).toBe(Number.NEGATIVE_INFINITY);
  });
});
