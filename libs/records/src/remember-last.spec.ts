import { describe, expect, it } from 'vitest';

import { rememberLast } from './remember-last.ts';

describe('rememberLast', () => {
  it('asks once for the same in a row, and again for anything else', () => {
    const asked: number[] = [];
    const double = rememberLast((of: number) => {
      asked.push(of);
      return of * 2;
    });
    expect([2, 2, 3, 2].map(double)).toEqual([4, 4, 6, 4]);
    expect(asked).toEqual([2, 3, 2]);
  });
});
