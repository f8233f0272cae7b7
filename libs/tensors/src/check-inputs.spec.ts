import { describe, expect, it } from 'vitest';

import { checkInputs } from './check-inputs.ts';
import { makeTensor, type TensorInfo } from './tensor.ts';

const MODEL: readonly TensorInfo[] = [
  { name: 'a', datatype: 'FP32', shape: [-1, 2] },
  { name: 'b', datatype: 'INT64', shape: [-1] },
];
const A = makeTensor('a', 'FP32', [3, 2], new Float32Array(6));
const B = makeTensor('b', 'INT64', [3], new BigInt64Array(3));

describe('checkInputs', () => {
  it("gives the inputs in the model's order", () => {
    expect(checkInputs([B, A], MODEL)).toEqual([A, B]);
  });

  it.each([
    [[A], 'inputs has no b; the model takes a FP32 [-1, 2], b INT64 [-1].'],
    [[A, B, { ...A, name: 'c' }], 'inputs has c; the model takes a FP32 [-1, 2], b INT64 [-1].'],
    [[A, B, A], 'inputs has a twice.'],
    [[makeTensor('a', 'FP64', [3, 2], new Float64Array(6)), B], 'a is FP64; the model takes a FP32 [-1, 2].'],
    [[{ ...A, shape: [2, 3] }, B], 'a has the shape [2, 3]; the model takes a FP32 [-1, 2].'],
    [[{ ...A, shape: [6] }, B], 'a has the shape [6]; the model takes a FP32 [-1, 2].'],
  ])('refuses the inputs of case %#, and says what the model takes', (found, detail) => {
    expect(() => checkInputs(found, MODEL)).toThrow(expect.objectContaining({ code: 'TENSOR_INVALID', detail }));
  });
});
