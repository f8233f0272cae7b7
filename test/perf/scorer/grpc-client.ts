import { INFERENCE_PROTO } from '@millrace/open-inference';
import { GrpcClient } from '@millrace/platform/testing';

import type { AskedModel, InferClient } from './infer-client.ts';

/** Raw tensors over one connection, as Triton's clients send them. */
export function grpcClient(url: string, { name, input, output }: AskedModel): InferClient {
  const client = new GrpcClient(url, INFERENCE_PROTO, 'inference.GRPCInferenceService');
  const infer = async (row: Float32Array): Promise<void> => {
    const answer = await client.call('ModelInfer', {
      model_name: name,
      inputs: [{ name: input, datatype: 'FP32', shape: [1, row.length] }],
      outputs: [{ name: output }],
      raw_input_contents: [Buffer.from(row.buffer, row.byteOffset, row.byteLength)],
    });
    if (!Array.isArray(answer['outputs']) || answer['outputs'].length !== 1)
      throw new Error(`${url} answered without ${output}: ${JSON.stringify(answer)}`);
  };
  return { infer, close: () => client[Symbol.dispose]() };
}
