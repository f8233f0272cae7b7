import type { TensorModel } from '@millrace/inference';
import type { TensorInfo } from '@millrace/tensors';

import { PLATFORM } from './model-metadata.ts';

/** What is true here of Triton's `ModelConfig`: triton-inference-server/common, protobuf/model_config.proto. */
export function modelConfig(model: TensorModel): object {
  const { name, provider, workers, batchRows, mostRows, inputs, outputs } = model;
  return {
    name,
    platform: PLATFORM,
    backend: 'onnxruntime',
    max_batch_size: mostRows,
    input: inputs.map((info) => tensorConfig(info, mostRows > 0)),
    output: outputs.map((info) => tensorConfig(info, mostRows > 0)),
    dynamic_batching: { preferred_batch_size: [batchRows], max_queue_delay_microseconds: 0 },
    instance_group: [{ name, kind: provider === 'cpu' ? 'KIND_CPU' : 'KIND_GPU', count: workers }],
    default_model_filename: 'model.onnx',
    parameters: { execution_provider: { string_value: provider } },
  };
}

/** Without the size of the batch, which `max_batch_size` stands for where it is not 0. */
function tensorConfig({ name, datatype, shape }: TensorInfo, rows: boolean): object {
  return {
    name,
    data_type: datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`,
    dims: shape.slice(rows ? 1 : 0),
  };
}
