import { VERSION } from '@millrace/core';
import { describeRefusals, type TensorModel } from '@millrace/inference';

/** Extensions of Triton's that hold here whole: docs/protocol in triton-inference-server/server. */
const EXTENSIONS = ['binary_tensor_data', 'classification', 'model_configuration', 'statistics'] as const;

/** As Triton names ONNX Runtime. */
export const PLATFORM = 'onnxruntime_onnx';

export function serverMetadata(): object {
  return { name: 'millrace', version: VERSION, extensions: EXTENSIONS };
}

/** @param versions of the model that may be asked */
export function modelMetadata(
  { name, inputs, outputs, provider, refused }: TensorModel,
  versions: readonly string[],
): object {
  return {
    name,
    versions,
    platform: PLATFORM,
    inputs,
    outputs,
    properties: {
      execution_provider: provider,
      ...(refused.length > 0 && { execution_providers_refused: describeRefusals(refused) }),
    },
  };
}
