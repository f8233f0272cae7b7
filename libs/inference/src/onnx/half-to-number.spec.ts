import { describe, expect, it } from 'vitest';

import { halfToNumber } from './half-to-number.ts';

describe('halfToNumber', () => {
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x8000, -0],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ])('reads 0x%s', (bits, number) => {
    expect(halfToNumber(bits)).toBe(number);
  });
});
