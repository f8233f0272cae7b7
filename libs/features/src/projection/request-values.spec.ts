import type { Value } from '@millrace/core';
import type { ValueFeature } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { field } from '../testing/field.ts';
import { requestValue } from './request-values.ts';

const PLAIN = { kind: 'value', name: 'f', index: 0, expression: field('x'), categories: null, other: false } as const;

function valuesOf(feature: Partial<ValueFeature>, values: readonly Value[]): readonly number[] {
  const value = requestValue({ ...PLAIN, default: Number.NaN, ...feature });
  return values.map((x) => value({ x }));
}

describe('a feature of the request', () => {
  it('is a number, 1 or 0 for true or false, and NaN or its default for null', () => {
    expect(valuesOf({}, [2.5, true, false, null, Infinity])).toEqual([2.5, 1, 0, Number.NaN, Infinity]);
    expect(valuesOf({ default: -1 }, [null, Number.NaN])).toEqual([-1, Number.NaN]);
  });

  it('is no text: that makes the request a dead letter', () => {
    expect(() => valuesOf({}, ['far'])).toThrow(expect.objectContaining({ code: 'EXPRESSION_FAILED' }));
  });

  it('is the index of its category, the length of their list for others and null, or NaN', () => {
    const categories = ['AA', 'B6', 'DL'];
    expect(valuesOf({ categories, other: true }, ['AA', 'DL', 'ZZ', 'aa', null])).toEqual([0, 2, 3, 3, 3]);
    expect(valuesOf({ categories }, ['B6', 'ZZ', null])).toEqual([1, Number.NaN, Number.NaN]);
  });

  it('tells categories of different types apart', () => {
    expect(valuesOf({ categories: [1, 2], other: true }, [1, '1', 1.5])).toEqual([0, 2, 2]);
    expect(valuesOf({ categories: [false, true] }, [true, 1])).toEqual([1, Number.NaN]);
  });
});
