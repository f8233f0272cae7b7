/** The protocol's messages and methods, in protobuf's language. */
export const INFERENCE_PROTO = new URL('../proto/inference.proto', import.meta.url);
