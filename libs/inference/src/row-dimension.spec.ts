import { describe, expect, it } from 'vitest';

import { rowDimension } from './row-dimension.ts';
import type { TensorSpec } from './signature.ts';

type Shape = TensorSpec['shape'];

const of = (inputs: readonly Shape[], outputs: readonly Shape[]) => {
  const specs = (shapes: readonly Shape[]) => shapes.map((shape) => ({ name: 'x', type: 'float32', shape }));
  return rowDimension({ inputs: specs(inputs), outputs: specs(outputs) });
};

describe('rowDimension', () => {
  it.each<[string, readonly Shape[], readonly Shape[]]>([
    ['have no name', [['', 3], ['']], [['', 2, 2]]],
    ['have one name, as far as they have one', [['N', 3], ['']], [['N']]],
  ])('is of any number of rows where all first dimensions are open and %s', (_, inputs, outputs) => {
    expect(of(inputs, outputs)).toBe('any');
  });

  it('is of one row where it is 1 everywhere', () => {
    expect(of([[1, 16], [1]], [[1, 16]])).toBe('one');
  });

  it.each<[string, readonly Shape[], readonly Shape[]]>([
    ['a scalar', [['N', 3], []], [['N']]],
    ['a scalar or undeclared output', [['N', 3]], [[]]],
    ['dimensions of two names', [['N', 3]], [['M', 3]]],
    ['an open and a fixed first dimension', [['N', 3]], [[1, 3]]],
    ['an unnamed and a fixed first dimension', [['', 3]], [[1, 3]]],
    ['another open dimension', [['N', 'words']], [['N']]],
    ['another open dimension of an output', [['N', 3]], [['N', '']]],
    ['a fixed number of rows, which may be no rows', [[3, 3]], [[3, 3]]],
    ['no inputs', [], [['N']]],
  ])('is none where there is %s', (_, inputs, outputs) => {
    expect(of(inputs, outputs)).toBe('none');
  });
});
