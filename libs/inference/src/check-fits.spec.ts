import { describe, expect, it } from 'vitest';

import { checkFits } from './check-fits.ts';
import type { TensorSpec } from './signature.ts';

const VECTOR = ['hour', 'carrier', 'origin'];
const input = (change: Partial<TensorSpec> = {}): TensorSpec => ({
  name: 'features',
  type: 'float32',
  shape: ['', 3],
  ...change,
});
const fit = (inputs: readonly TensorSpec[], trainedOn: readonly string[] | null = null) =>
  checkFits('delay 1', { inputs, outputs: [] }, VECTOR, trainedOn);

describe('checkFits', () => {
  it('takes one float32 input with a feature per column, for any or a fixed number of rows', () => {
    expect(fit([input()], VECTOR)).toEqual({ kind: 'vector', name: 'features', fixedRows: null });
    expect(fit([input({ shape: [1, 3] })])).toEqual({ kind: 'vector', name: 'features', fixedRows: 1 });
    expect(fit([input({ shape: ['N', 'k'] })])).toEqual({ kind: 'vector', name: 'features', fixedRows: null });
  });

  it.each([
    [
      'another width',
      [input({ shape: ['N', 4] })],
      "takes features float32 [N, 4]; the pipeline file's vector has 3 features",
    ],
    ['another type', [input({ type: 'int64' })], 'takes features int64 [N, 3]'],
    ['another rank', [input({ shape: ['N', 3, 1] })], 'takes features float32 [N, 3, 1]'],
    ['two inputs', [input(), input({ name: 'more' })], 'takes features float32 [N, 3], more float32 [N, 3]'],
    ['no tensor', [input({ type: null })], 'takes features (a sequence or a map)'],
  ])('refuses %s, saying both', (_, inputs, said) => {
    expect(() => fit(inputs)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH', detail: expect.stringContaining(said) }),
    );
  });

  it.each([
    [
      ['hour', 'origin', 'carrier'],
      'feature 2 is carrier in the pipeline file and origin in the model.json of delay 1',
    ],
    [['hour', 'carrier'], 'feature 3 is origin in the pipeline file and missing in the model.json'],
    [['hour', 'carrier', 'origin', 'dest'], 'feature 4 is missing in the pipeline file and dest in the model.json'],
  ])('refuses a model trained on %j, naming the first difference', (trainedOn, said) => {
    expect(() => fit([input()], trainedOn)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH', detail: expect.stringContaining(said) }),
    );
  });
});
