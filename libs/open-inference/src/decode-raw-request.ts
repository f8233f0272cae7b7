import { AppError } from '@millrace/core';
import { DATATYPES, elementCount, makeTensor, readRaw, type Tensor, type TensorInfo } from '@millrace/tensors';

import type { InferRequest } from './infer-request.ts';

/**
 * A body that is the model's only input and nothing else: one row, all of whose outputs come back as bytes (Triton's "raw
 * binary request").
 *
 * @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID`
 */
export function decodeRawRequest(body: Uint8Array, model: readonly TensorInfo[]): InferRequest {
  const [input] = model;
  if (model.length !== 1 || !input)
    throw new AppError(
      'INFERENCE_INVALID',
      `Inference-Header-Content-Length is 0, which is for models of one input; this one has ${model.length}.`,
    );
  return { id: null, parameters: {}, inputs: [rawInput(input, body)], outputs: null, binaryOutput: true };
}

function rawInput({ name, datatype, shape }: TensorInfo, body: Uint8Array): Tensor {
  const one = shape.map((size, i) => (i === 0 && size === -1 ? 1 : size));
  const open = one.indexOf(-1);
  if (one.lastIndexOf(-1) !== open)
    throw new AppError(
      'INFERENCE_INVALID',
      'Inference-Header-Content-Length is 0, and more than one size of the input is open.',
    );
  if (datatype === 'BYTES') return makeTensor(name, datatype, one.map(Math.abs), [body]);
  const others = elementCount(one.filter((size) => size !== -1)) * DATATYPES[datatype];
  const whole = open < 0 ? one : one.with(open, Math.floor(body.length / Math.max(1, others)));
  return readRaw(name, datatype, whole, body);
}
