import type { TensorModel } from '@millrace/inference';
import { decodeRequest, encodeResponse } from '@millrace/open-inference';
import { BODY_BYTES, decodeContent, encodeContent, preferredCoding, type ContentCoding } from '@millrace/platform';

import { inferTensors, type Caller } from './infer-tensors.ts';

/** Less is not worth the coding. */
const LEAST_CODED_BYTES = 1024;

/** A request in HTTP's terms; names of headers in lower case. */
export interface InferenceCall {
  readonly body: Buffer;
  readonly headers: {
    readonly 'content-encoding'?: string | undefined;
    readonly 'accept-encoding'?: string | undefined;
    readonly 'inference-header-content-length'?: string | undefined;
  };
}

export interface InferenceAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  /** `Inference-Header-Content-Length`; null: none. */
  readonly headerLength: number | null;
  readonly coding: ContentCoding | null;
}

/**
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE`, `BODY_UNPARSEABLE`, `BODY_TOO_LARGE`, and what `inferTensors` throws
 */
export async function answerCall(
  model: TensorModel,
  { body, headers }: InferenceCall,
  caller: Caller,
): Promise<InferenceAnswer> {
  const plain = await decodeContent(body, headers['content-encoding'], BODY_BYTES);
  const headerLength = headers['inference-header-content-length'];
  const request = decodeRequest({ body: plain, headerLength }, model.inputs);
  const encoded = encodeResponse(await inferTensors(model, request, caller));
  const coding = encoded.body.length < LEAST_CODED_BYTES ? null : preferredCoding(headers['accept-encoding']);
  return { ...encoded, body: coding ? await encodeContent(encoded.body, coding) : encoded.body, coding };
}
