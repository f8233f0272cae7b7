/** Ring 1: the Open Inference Protocol v2, as bytes and as tensors. */
export { classify } from './classify.ts';
export { decodeMessage } from './decode-message.ts';
export { decodeRequest, type EncodedRequest } from './decode-request.ts';
export { encodeMessage } from './encode-message.ts';
export { encodeResponse, type EncodedResponse, type InferResponse } from './encode-response.ts';
export type { ModelInferRequest, ModelInferResponse } from './infer-message.ts';
export { INFERENCE_PROTO } from './inference-proto.ts';
export type { InferRequest, Parameters, RequestedOutput } from './infer-request.ts';
export { parseObject } from './parse-object.ts';
export { requestTerms, type RequestTerms } from './request-terms.ts';
export { selectOutputs } from './select-outputs.ts';
