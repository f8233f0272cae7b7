import { AppError } from '@millrace/core';

import { describeTensor, type ModelSignature, type TensorSpec } from './signature.ts';

/** The input that takes the feature vectors. */
export interface VectorInput {
  readonly name: string;
  /** How many rows a run takes; null: any number. */
  readonly fixedRows: number | null;
}

/**
 * Sees whether a model takes the vectors that a pipeline makes: one float32 input [N, k] with k features, and the
 * features that it was trained on (`features` of its `model.json`), where it says so.
 *
 * @throws AppError `MODEL_MISMATCH`
 */
export function checkFits(
  model: string,
  signature: ModelSignature,
  vector: readonly string[],
  trainedOn: readonly string[] | null,
): VectorInput {
  const [input] = signature.inputs;
  if (signature.inputs.length !== 1 || !input || !takesVectors(input, vector.length)) {
    throw new AppError(
      'MODEL_MISMATCH',
      `${model} takes ${list(signature.inputs.map(describeTensor))}; the pipeline file's vector has ${vector.length} features, ` +
        `which needs one input float32 [N, ${vector.length}]. The features are ${list(vector)}.`,
    );
  }
  if (trainedOn) checkNames(model, vector, trainedOn);
  const [rows] = input.shape;
  return { name: input.name, fixedRows: typeof rows === 'number' ? rows : null };
}

function takesVectors({ type, shape }: TensorSpec, features: number): boolean {
  const [, width] = shape;
  return type === 'float32' && shape.length === 2 && (typeof width === 'string' || width === features);
}

function checkNames(model: string, vector: readonly string[], trainedOn: readonly string[]): void {
  const at = trainedOn.findIndex((name, i) => name !== vector[i]);
  if (at < 0 && trainedOn.length === vector.length) return;
  const place = at < 0 ? trainedOn.length : at;
  throw new AppError(
    'MODEL_MISMATCH',
    `feature ${place + 1} is ${vector[place] ?? 'missing'} in the pipeline file and ${trainedOn[place] ?? 'missing'} in the model.json of ${model}. ` +
      `The pipeline file has ${list(vector)}; the model was trained on ${list(trainedOn)}, in this order.`,
  );
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
