import { writeRaw, type Tensor } from '@millrace/tensors';

import { writeElements } from './write-elements.ts';

export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  /** The request's. */
  readonly id: string | null;
  readonly outputs: readonly { readonly tensor: Tensor; readonly binary: boolean }[];
}

/** A body and what its headers have to say, before any content coding. */
export interface EncodedResponse {
  readonly contentType: 'application/json' | 'application/octet-stream';
  /** `Inference-Header-Content-Length`; null: all of it is JSON. */
  readonly headerLength: number | null;
  readonly body: Buffer;
}

/** @throws AppError `INFERENCE_INVALID` where an output has no JSON */
export function encodeResponse({ modelName, modelVersion, id, outputs }: InferResponse): EncodedResponse {
  const raw = outputs.map(({ tensor, binary }) => (binary ? writeRaw(tensor) : null));
  const described = outputs.map(({ tensor }, i) => describeOutput(tensor, raw[i] ?? null));
  const about = JSON.stringify({ model_name: modelName, model_version: modelVersion, ...(id !== null && { id }) });
  const json = Buffer.from(`${about.slice(0, -1)},"outputs":[${described.join(',')}]}`);
  const behind = raw.filter((bytes) => bytes !== null);
  if (behind.length === 0) return { contentType: 'application/json', headerLength: null, body: json };
  return {
    contentType: 'application/octet-stream',
    headerLength: json.length,
    body: Buffer.concat([json, ...behind]),
  };
}

function describeOutput(tensor: Tensor, raw: Uint8Array | null): string {
  const { name, datatype, shape } = tensor;
  const about = JSON.stringify({ name, datatype, shape }).slice(0, -1);
  return raw === null
    ? `${about},"data":${writeElements(tensor)}}`
    : `${about},"parameters":{"binary_data_size":${raw.length}}}`;
}
