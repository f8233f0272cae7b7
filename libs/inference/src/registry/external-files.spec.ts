import { describe, expect, it } from 'vitest';

import { onnxFile, sumModel } from '../testing/index.ts';
import { externalFiles } from './external-files.ts';

describe('externalFiles', () => {
  it('finds none in a model that holds its weights', () => {
    expect(externalFiles(sumModel(3))).toEqual([]);
  });

  it('names every file of weights once, with long names, and folders, as they are', () => {
    const long = `${'w'.repeat(200)}.data`;
    const constants = Object.fromEntries(
      ['model.onnx.data', long, 'model.onnx.data', '../away'].map((file, i) => [
        `c${i}`,
        { shape: [1], values: Float32Array.of(1), file },
      ]),
    );
    const model = onnxFile({ inputs: [], outputs: [], nodes: [], constants });
    expect(externalFiles(model)).toEqual(['model.onnx.data', long, '../away']);
  });
});
