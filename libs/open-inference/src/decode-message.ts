import { AppError } from '@millrace/core';
import { readRaw, type Tensor } from '@millrace/tensors';

import { decodeMessageParameters } from './decode-message-parameters.ts';
import { requestedOutput } from './decode-output.ts';
import type { InputTensorMessage, ModelInferRequest } from './infer-message.ts';
import type { InferRequest } from './infer-request.ts';
import { wrongField } from './json-field.ts';
import { refuseSharedMemory } from './refuse-shared-memory.ts';
import { asDatatype, asShape } from './tensor-head.ts';
import { readContents } from './typed-contents.ts';
import { exactInteger } from './wire-integer.ts';

/**
 * The request in a message. Its outputs come back as bytes.
 *
 * @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID`
 */
export function decodeMessage(message: ModelInferRequest): InferRequest {
  const { id, inputs, outputs, raw_input_contents: raw } = message;
  if (raw.length > 0 && raw.length !== inputs.length)
    throw wrongField('raw_input_contents', raw, `one for each input: ${inputs.length}`);
  return {
    id: id === '' ? null : id,
    parameters: decodeMessageParameters(message.parameters, 'parameters'),
    inputs: inputs.map((input, i) => decodeTensor(input, `inputs[${i}]`, raw[i])),
    outputs:
      outputs.length === 0
        ? null
        : outputs.map(({ name, parameters }, i) => {
            const path = `outputs[${i}]`;
            return requestedOutput(name, decodeMessageParameters(parameters, `${path}.parameters`), path, true);
          }),
    binaryOutput: true,
  };
}

function decodeTensor(input: InputTensorMessage, path: string, raw: Uint8Array | undefined): Tensor {
  const { name, contents = null } = input;
  const datatype = asDatatype(input.datatype, `${path}.datatype`);
  const sizes = input.shape.map((size) => exactInteger(size, true));
  const shape = asShape(sizes, `${path}.shape`);
  refuseSharedMemory(decodeMessageParameters(input.parameters, `${path}.parameters`), path);
  if (raw === undefined) return readContents(name, datatype, shape, contents ?? {}, `${path}.contents`);
  if (contents !== null)
    throw new AppError('INFERENCE_INVALID', `${path} has both contents and raw_input_contents; allowed is one.`);
  return readRaw(name, datatype, shape, raw);
}
