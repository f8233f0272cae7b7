import { describe, expect, it } from 'vitest';

import { outputNumbers } from './output-numbers.ts';

const LABEL = { name: 'label', type: 'string', shape: ['N'], labels: ['early', 'late'] };
const spec = (type: string) => ({ name: 'y', type, shape: ['N'] });

describe('outputNumbers', () => {
  it('takes a text for the place of its class', () => {
    expect(Array.from(outputNumbers(LABEL, ['late', 'early', 'late']))).toEqual([1, 0, 1]);
  });

  it('fails on a text that is no class, naming it', () => {
    expect(() => outputNumbers(LABEL, ['early', 'Late'])).toThrow('label is "Late", which is no class of the model');
  });

  it('tells the bits of a float16 from a uint16', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000);
    expect(Array.from(outputNumbers(spec('float16'), bits))).toEqual([1, -2]);
    expect(Array.from(outputNumbers(spec('uint16'), bits))).toEqual([0x3c00, 0xc000]);
  });

  it('copies nothing that is numbers already', () => {
    const values = Float32Array.of(1, 2);
    expect(outputNumbers(spec('float32'), values)).toBe(values);
  });
});
