import { readRaw, writeRaw, type Datatype, type Tensor } from '@millrace/tensors';

import { parseExactJson } from '../exact-json.ts';
import { readElements } from '../json-elements.ts';
import { writeElements } from '../write-elements.ts';

/** How a client writes a request down. */
export interface RequestForm {
  readonly id?: string;
  readonly binaryInput?: boolean;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
}

/** The body of a request, and the value of `Inference-Header-Content-Length` where it needs one. */
export function encodeRequest(
  inputs: readonly Tensor[],
  { id, binaryInput = false, parameters, outputs }: RequestForm = {},
): { readonly body: Buffer; readonly headerLength: string | undefined } {
  const raw = binaryInput ? inputs.map(writeRaw) : [];
  const described = inputs.map((input, i) => {
    const about = JSON.stringify({ name: input.name, shape: input.shape, datatype: input.datatype }).slice(0, -1);
    return binaryInput
      ? `${about},"parameters":{"binary_data_size":${raw[i]?.length}}}`
      : `${about},"data":${writeElements(input)}}`;
  });
  const others = JSON.stringify({ id, parameters, outputs }).slice(1, -1);
  const json = Buffer.from(`{"inputs":[${described.join(',')}]${others === '' ? '' : `,${others}`}}`);
  return { body: Buffer.concat([json, ...raw]), headerLength: binaryInput ? String(json.length) : undefined };
}

export interface DecodedResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly Tensor[];
}

interface WrittenOutput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data?: unknown;
  readonly parameters?: { readonly binary_data_size: number };
}

/** What a client makes of an answer. */
export function decodeResponse(body: Buffer, headerLength: number | null): DecodedResponse {
  const response = parseExactJson(body.subarray(0, headerLength ?? body.length).toString()) as Omit<
    DecodedResponse,
    'outputs'
  > & { readonly outputs: readonly WrittenOutput[] };
  let at = headerLength ?? body.length;
  const outputs = response.outputs.map(({ name, datatype, shape, data, parameters }) => {
    if (!parameters) return readElements(name, datatype, shape, data, 'data');
    return readRaw(name, datatype, shape, body.subarray(at, (at += parameters.binary_data_size)));
  });
  return { ...response, outputs };
}
