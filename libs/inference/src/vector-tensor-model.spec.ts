import { AppError } from '@millrace/core';
import { makeTensor, type Tensor } from '@millrace/tensors';
import { describe, expect, it } from 'vitest';

import type { ModelPort } from './model-port.ts';
import { vectorTensorModel } from './vector-tensor-model.ts';

const modelOf = (score: ModelPort['score']) =>
  vectorTensorModel({
    name: 'm',
    version: '1',
    provider: 'cpu',
    refused: [],
    workers: 1,
    batchRows: 2,
    mostRows: 3,
    input: { name: 'x', datatype: 'FP32', shape: [-1, 2] },
    outputs: [
      { name: 'a', type: 'float32', shape: ['', 1] },
      { name: 'b', type: 'float64', shape: ['N'] },
    ],
    score,
  });
const x = (rows: number): Tensor =>
  makeTensor(
    'x',
    'FP32',
    [rows, 2],
    Float32Array.from({ length: 2 * rows }, (_, i) => i),
  );
const echo: ModelPort['score'] = (vectors) =>
  Promise.resolve(vectors.map((vector) => ({ ok: true, value: Float64Array.from(vector) })));

describe('vectorTensorModel', () => {
  it('cuts the input into rows, and gives each output its column, type and shape', async () => {
    expect(await modelOf(echo).infer([x(2)], ['b', 'a'])).toEqual([
      makeTensor('b', 'FP64', [2], Float64Array.of(1, 3)),
      makeTensor('a', 'FP32', [2, 1], Float32Array.of(0, 2)),
    ]);
  });

  it('fails with the first row that fails, by its number and for its reason', async () => {
    const error = new AppError('NAN_NOT_ALLOWED', 'found NaN in a.');
    const model = modelOf((rows) =>
      Promise.resolve(rows.map((_, i) => (i === 0 ? { ok: true, value: new Float64Array(2) } : { ok: false, error }))),
    );
    await expect(model.infer([x(3)], ['a'])).rejects.toMatchObject({
      code: 'NAN_NOT_ALLOWED',
      detail: 'row 1: found NaN in a.',
    });
  });

  it('takes no more rows at once than may wait, and hands on what is said of them', async () => {
    const said: unknown[] = [];
    const model = modelOf((rows, how) => {
      said.push(how);
      return echo(rows);
    });
    await expect(model.infer([x(4)], ['a'])).rejects.toMatchObject({ code: 'TENSOR_INVALID' });
    expect(await model.infer([x(3)], ['a'], { source: 'grpc', deadlineMs: 5 })).toHaveLength(1);
    expect(said).toEqual([{ source: 'grpc', deadlineMs: 5 }]);
  });
});
