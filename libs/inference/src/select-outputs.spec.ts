import { describe, expect, it } from 'vitest';

import { labelsOf, selectOutputs } from './select-outputs.ts';
import type { TensorSpec } from './signature.ts';

const SCORE: TensorSpec = { name: 'score', type: 'float32', shape: ['', 1] };
const MARGIN: TensorSpec = { name: 'margin', type: 'float64', shape: ['N'] };
const COUNT: TensorSpec = { name: 'count', type: 'int64', shape: ['N'] };
const PARTS: TensorSpec = { name: 'parts', type: 'float32', shape: ['N', 2] };
const CLASSES: TensorSpec = { name: 'p', type: 'float32', shape: ['N', 2], labels: ['early', 'late'] };
const LABEL: TensorSpec = { name: 'label', type: 'string', shape: ['N'], labels: ['early', 'late'] };
const WORD: TensorSpec = { name: 'word', type: 'string', shape: ['N'] };
const OPEN: TensorSpec = { name: 'open', type: 'float32', shape: ['N', 'C'] };
const CUBE: TensorSpec = { name: 'cube', type: 'float32', shape: ['N', 2, 2] };
const ZIP_MAP: TensorSpec = { name: 'zip', type: null, shape: [] };
const select = (outputs: readonly TensorSpec[], wanted: Record<string, string> | null = null) =>
  selectOutputs('delay 1', { inputs: [], outputs }, wanted && new Map(Object.entries(wanted)));
const published = (...args: Parameters<typeof select>) => select(...args).map((one) => one.published);

describe('selectOutputs', () => {
  it('takes all outputs under their own names when none are named', () => {
    expect(select([SCORE, MARGIN, COUNT])).toEqual(
      ['score', 'margin', 'count'].map((name) => ({ name, column: 0, published: name, labels: null })),
    );
  });

  it('names the columns of an output by its classes, by their places where these are not known', () => {
    expect(published([CLASSES, PARTS])).toEqual(['p.early', 'p.late', 'parts.0', 'parts.1']);
    expect(published([CLASSES], { p: 'chance' })).toEqual(['chance.early', 'chance.late']);
  });

  it('picks and renames, a column alone as well, and does not mind what is left out', () => {
    expect(select([ZIP_MAP, CLASSES, SCORE], { score: 'probability', 'p.late': 'late' })).toEqual([
      { name: 'score', column: 0, published: 'probability', labels: null },
      { name: 'p', column: 1, published: 'late', labels: null },
    ]);
  });

  it('has the classes of a text beside it', () => {
    expect(labelsOf(select([LABEL, SCORE], { label: 'verdict', score: 'score' }))).toEqual(
      new Map([['verdict', ['early', 'late']]]),
    );
  });

  it('refuses an output that the model does not have, naming those that it has', () => {
    expect(() => select([SCORE, CLASSES], { scores: 'p' })).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISMATCH',
        detail:
          'predict.outputs names scores; delay 1 has score float32 [N, 1], p float32 [N, 2]. ' +
          'Allowed are their names and those of their columns: score, p.early, p.late.',
      }),
    );
  });

  it('refuses two under one name', () => {
    expect(() => select([SCORE, CLASSES], { score: 'x.late', p: 'x' })).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH', detail: 'predict.outputs publishes x.late twice.' }),
    );
  });

  it.each([WORD, OPEN, CUBE, ZIP_MAP])('refuses $name, and says which output would do', (other) => {
    expect(() => select([other, SCORE])).toThrow(
      expect.objectContaining({
        code: 'NOT_IN_THIS_VERSION',
        detail: expect.stringContaining('predict.outputs among score'),
      }),
    );
  });
});
