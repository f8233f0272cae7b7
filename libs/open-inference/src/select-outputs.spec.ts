import type { TensorInfo } from '@millrace/tensors';
import { describe, expect, it } from 'vitest';

import { selectOutputs } from './select-outputs.ts';

const MODEL: readonly TensorInfo[] = ['a', 'b'].map((name) => ({ name, datatype: 'FP32', shape: [-1] }));
const asked = (...names: readonly string[]) => names.map((name) => ({ name, binary: false, classes: 0 }));

describe('selectOutputs', () => {
  it('gives all outputs where none are named, else those named, in their order', () => {
    expect(selectOutputs({ outputs: null, binaryOutput: true }, MODEL)).toEqual([
      { name: 'a', binary: true, classes: 0 },
      { name: 'b', binary: true, classes: 0 },
    ]);
    expect(selectOutputs({ outputs: asked('b', 'a'), binaryOutput: true }, MODEL)).toEqual(asked('b', 'a'));
  });

  it.each([
    [asked('a', 'c'), 'outputs has c; the model has a, b.'],
    [asked('a', 'a'), 'outputs has a twice.'],
  ])('refuses %j', (outputs, detail) => {
    expect(() => selectOutputs({ outputs, binaryOutput: false }, MODEL)).toThrow(
      expect.objectContaining({ code: 'INFERENCE_INVALID', detail }),
    );
  });
});
