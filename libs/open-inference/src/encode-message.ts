import { writeRaw } from '@millrace/tensors';

import type { InferResponse } from './encode-response.ts';
import type { ModelInferResponse } from './infer-message.ts';

/** The answer as a message. Its elements are raw contents, however those of the request came, as Triton's. */
export function encodeMessage({ modelName, modelVersion, id, outputs }: InferResponse): ModelInferResponse {
  return {
    model_name: modelName,
    model_version: modelVersion,
    id: id ?? '',
    outputs: outputs.map(({ tensor: { name, datatype, shape } }) => ({ name, datatype, shape })),
    raw_output_contents: outputs.map(({ tensor }) => writeRaw(tensor)),
  };
}
