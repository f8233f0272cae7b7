import { describe, expect, it } from 'vitest';

import { areaUnderCurve } from './auc.ts';

describe('areaUnderCurve', () => {
  it('counts ordered pairs, ties half', () => {
    const rows = [
      { score: 0.9, label: 1 },
      { score: 0.4, label: 0 },
      { score: 0.4, label: 1 },
      { score: 0.1, label: 0 },
    ];
    // pairs: (0.9, 0.4) 1, (0.9, 0.1) 1, (0.4, 0.4) ½, (0.4, 0.1) 1
    expect(areaUnderCurve(rows)).toBe(3.5 / 4);
  });

  it('is null without both classes', () => {
    expect(areaUnderCurve([])).toBeNull();
    expect(areaUnderCurve([{ score: 1, label: 1 }])).toBeNull();
  });
});
