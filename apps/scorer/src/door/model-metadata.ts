import { VERSION } from '@millrace/core';
import type { TensorModel } from '@millrace/inference';

/** Extensions of Triton's that hold here whole: docs/protocol in triton-inference-server/server. */
const EXTENSIONS = ['binary_tensor_data', 'classification', 'model_configuration', 'statistics'] as const;

/** As Triton names ONNX Runtime. */
export const PLATFORM = 'onnxruntime_onnx';

export function serverMetadata(): object {
  return { name: 'millrace', version: VERSION, extensions: EXTENSIONS };
}

export function modelMetadata({ name, version, inputs, outputs, provider }: TensorModel): object {
  return {
    name,
    versions: [version],
    platform: PLATFORM,
    inputs,
    outputs,
    properties: { execution_provider: provider },
  };
}
