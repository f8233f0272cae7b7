import { describe, expect, it } from 'vitest';

import type { TensorSpec } from './signature.ts';
import { withLabels } from './with-labels.ts';

const CLASSES = ['early', 'late'];
const X: TensorSpec = { name: 'x', type: 'float32', shape: ['', 3] };
const labelled = (output: TensorSpec, input = X) =>
  withLabels({ inputs: [input], outputs: [output] }, CLASSES).outputs[0];

describe('withLabels', () => {
  it.each<TensorSpec>([
    { name: 'label', type: 'string', shape: [''] },
    { name: 'label', type: 'string', shape: ['N', 1] },
    { name: 'probabilities', type: 'float32', shape: ['', 2] },
  ])('gives $name $type its classes', (output) => {
    expect(labelled(output)).toEqual({ ...output, labels: CLASSES });
  });

  it.each<TensorSpec>([
    { name: 'of other width', type: 'float32', shape: ['', 3] },
    { name: 'of open width', type: 'float32', shape: ['', 'C'] },
    { name: 'a number', type: 'int64', shape: [''] },
    { name: 'texts per class', type: 'string', shape: ['', 2] },
    { name: 'a map', type: null, shape: [] },
  ])('leaves $name as it is', (output) => {
    expect(labelled(output)).toEqual(output);
  });

  it('does not believe that a label is of one row where the model takes any number', () => {
    const one: TensorSpec = { name: 'label', type: 'int64', shape: [1] };
    expect(labelled(one)).toEqual({ ...one, shape: [''] });
    expect(labelled(one, { ...X, shape: [1, 3] })).toEqual(one);
  });
});
