import { describe, expect, it } from 'vitest';

import { selectOutputs } from './select-outputs.ts';
import type { TensorSpec } from './signature.ts';

const SCORE: TensorSpec = { name: 'score', type: 'float32', shape: ['', 1] };
const MARGIN: TensorSpec = { name: 'margin', type: 'float64', shape: ['N'] };
const LABEL: TensorSpec = { name: 'label', type: 'int64', shape: ['N'] };
const CLASSES: TensorSpec = { name: 'classes', type: 'float32', shape: ['N', 2] };
const ZIP_MAP: TensorSpec = { name: 'zip', type: null, shape: [] };
const select = (outputs: readonly TensorSpec[], wanted: Record<string, string> | null) =>
  selectOutputs('delay 1', { inputs: [], outputs }, wanted && new Map(Object.entries(wanted)));

describe('selectOutputs', () => {
  it('takes all outputs under their own names when none are named', () => {
    expect(select([SCORE, MARGIN], null)).toEqual([
      { name: 'score', published: 'score' },
      { name: 'margin', published: 'margin' },
    ]);
  });

  it('picks and renames, and does not mind what is left out', () => {
    expect(select([LABEL, SCORE], { score: 'probability' })).toEqual([{ name: 'score', published: 'probability' }]);
  });

  it('refuses an output that the model does not have, naming those that it has', () => {
    expect(() => select([SCORE, LABEL], { scores: 'p' })).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISMATCH',
        detail: 'predict.outputs names scores; delay 1 has score float32 [N, 1], label int64 [N].',
      }),
    );
  });

  it.each([LABEL, CLASSES, ZIP_MAP])('refuses $name, and says which output would do', (other) => {
    expect(() => select([other, SCORE], null)).toThrow(
      expect.objectContaining({
        code: 'NOT_IN_THIS_VERSION',
        detail: expect.stringContaining('predict.outputs among score'),
      }),
    );
  });
});
