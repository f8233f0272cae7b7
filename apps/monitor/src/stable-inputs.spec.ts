import { describe, expect, it } from 'vitest';

import { wasStable, withTurn, type Turn } from './stable-inputs.ts';

describe('stable inputs', () => {
  const turns = [true, true, false, false, true].reduce<readonly Turn[]>(
    (known, stable, hour) => withTurn(known, hour, stable),
    [],
  );

  it('are remembered by their turns alone', () => {
    expect(turns).toEqual([
      { at: 2, stable: false },
      { at: 4, stable: true },
    ]);
  });

  it('are told as of a time, whatever came later', () => {
    expect([0, 1, 2, 3, 4, 9].map((at) => wasStable(turns, at))).toEqual([true, true, false, false, true, true]);
    expect(wasStable(turns.slice(0, 1), 1)).toBe(true);
  });

  it('are remembered for a bounded number of turns', () => {
    const many = Array.from({ length: 2000 }, (_, i) => i % 2 === 1);
    expect(many.reduce<readonly Turn[]>((known, stable, at) => withTurn(known, at, stable), [])).toHaveLength(500);
  });
});
