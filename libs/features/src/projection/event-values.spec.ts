import type { Value } from '@millrace/core';
import type { Take, WindowFeature } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { field } from '../testing/field.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { eventValue } from './event-values.ts';

function valuesOf(take: Take, more: Partial<WindowFeature>, values: readonly Value[]): readonly Value[] {
  const [stage] = smallPlan({ features: [{ from: 'sale', by: ['user'], over: 1, take }] }).stages;
  const value = eventValue({ ...(stage!.features[0] as WindowFeature), ...more });
  return values.map((x) => value({ x }));
}

const of = field('x');

describe('what a feature takes of an event', () => {
  it('is nothing where "of" is null or "where" is not true', () => {
    expect(valuesOf('sum', { of }, [2, null, true, false])).toEqual([2, null, 1, 0]);
    expect(valuesOf('count', { where: field('x') }, [true, false, null, 1])).toEqual([true, null, null, null]);
    expect(valuesOf('count', { of }, ['any text', null])).toEqual([true, null]);
  });

  it('is any value for distinct, and a number otherwise', () => {
    expect(valuesOf('distinct', { of }, ['JFK', 1, true, null])).toEqual(['JFK', 1, true, null]);
    for (const bad of ['JFK', Infinity, Number.NaN])
      expect(() => valuesOf('max', { of }, [bad])).toThrow(expect.objectContaining({ code: 'EXPRESSION_FAILED' }));
  });
});
