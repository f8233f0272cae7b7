import { AppError } from '@millrace/core';
import type { TensorInfo } from '@millrace/tensors';

import { BinaryData } from './binary-data.ts';
import { decodeInput } from './decode-input.ts';
import { decodeOutput } from './decode-output.ts';
import { decodeParameters } from './decode-parameters.ts';
import { decodeRawRequest } from './decode-raw-request.ts';
import type { InferRequest } from './infer-request.ts';
import { asFlag, asList, asText } from './json-field.ts';
import { parseObject } from './parse-object.ts';

/** The body of `…/infer`, without its content coding. */
export interface EncodedRequest {
  readonly body: Uint8Array;
  /** The header `Inference-Header-Content-Length`: how many bytes of JSON come first; undefined: all are. */
  readonly headerLength: string | undefined;
}

/**
 * The request in a body. A header length of 0 means that the body is the model's only input.
 *
 * @param model the model's inputs
 * @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID`
 */
export function decodeRequest({ body, headerLength }: EncodedRequest, model: readonly TensorInfo[]): InferRequest {
  const jsonBytes = readHeaderLength(headerLength, body.length);
  if (jsonBytes === 0 && headerLength !== undefined) return decodeRawRequest(body, model);
  const { id, parameters: given, inputs, outputs } = parseObject(body.subarray(0, jsonBytes));
  const binary = new BinaryData(body.subarray(jsonBytes));
  const parameters = decodeParameters(given, 'parameters');
  const binaryOutput = asFlag(parameters['binary_data_output'] ?? false, 'parameters.binary_data_output');
  const request = {
    id: id === undefined ? null : asText(id, 'id'),
    parameters,
    inputs: asList(inputs, 'inputs').map((input, i) => decodeInput(input, `inputs[${i}]`, binary)),
    outputs: noneOrEmpty(outputs)
      ? null
      : asList(outputs, 'outputs').map((output, i) => decodeOutput(output, `outputs[${i}]`, binaryOutput)),
    binaryOutput,
  };
  binary.end();
  return request;
}

/** An empty list asks for everything, as Triton has it. */
function noneOrEmpty(outputs: unknown): boolean {
  return outputs === undefined || (Array.isArray(outputs) && outputs.length === 0);
}

function readHeaderLength(header: string | undefined, bodyBytes: number): number {
  if (header === undefined) return bodyBytes;
  const length = /^\d{1,15}$/.test(header) ? Number(header) : Infinity;
  if (length <= bodyBytes) return length;
  throw new AppError(
    'INFERENCE_INVALID',
    `Inference-Header-Content-Length: found ${JSON.stringify(header)}; allowed is the length of the JSON, ` +
      `from 0 to the ${bodyBytes} bytes of the body.`,
  );
}
