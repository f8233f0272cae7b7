/** Ring 1: the Open Inference Protocol v2, as bytes and as tensors. */
export { classify } from './classify.ts';
export { decodeRequest, type EncodedRequest } from './decode-request.ts';
export { encodeResponse, type EncodedResponse, type InferResponse } from './encode-response.ts';
export type { InferRequest, Parameters, RequestedOutput } from './infer-request.ts';
export { parseObject } from './parse-object.ts';
export { selectOutputs } from './select-outputs.ts';
