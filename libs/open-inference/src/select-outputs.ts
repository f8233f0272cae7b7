import { AppError } from '@millrace/core';
import type { TensorInfo } from '@millrace/tensors';

import type { InferRequest, RequestedOutput } from './infer-request.ts';

/**
 * The outputs that a request asks for, in its order.
 *
 * @param model the model's outputs
 * @throws AppError `INFERENCE_INVALID` for one that the model does not have, or that is asked for twice
 */
export function selectOutputs(
  { outputs, binaryOutput }: Pick<InferRequest, 'outputs' | 'binaryOutput'>,
  model: readonly TensorInfo[],
): readonly RequestedOutput[] {
  if (outputs === null) return model.map(({ name }) => ({ name, binary: binaryOutput, classes: 0 }));
  const names = outputs.map(({ name }) => name);
  for (const [place, name] of names.entries()) {
    if (!model.some((info) => info.name === name))
      throw new AppError(
        'INFERENCE_INVALID',
        `outputs has ${name}; the model has ${model.map((info) => info.name).join(', ')}.`,
      );
    if (names.indexOf(name) < place) throw new AppError('INFERENCE_INVALID', `outputs has ${name} twice.`);
  }
  return outputs;
}
