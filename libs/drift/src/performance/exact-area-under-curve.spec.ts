import { describe, expect, it } from 'vitest';

import { exactAreaUnderCurve } from './exact-area-under-curve.ts';

describe('exactAreaUnderCurve', () => {
  it('counts ordered pairs, ties half', () => {
    const rows = [
      { score: 0.9, label: 1 },
      { score: 0.4, label: 0 },
      { score: 0.4, label: 1 },
      { score: 0.1, label: 0 },
    ];
    // pairs: (0.9, 0.4) 1, (0.9, 0.1) 1, (0.4, 0.4) ½, (0.4, 0.1) 1
    expect(exactAreaUnderCurve(rows)).toBe(3.5 / 4);
  });

  it('is null without both classes', () => {
    expect(exactAreaUnderCurve([])).toBeNull();
    expect(exactAreaUnderCurve([{ score: 1, label: 1 }])).toBeNull();
  });
});
