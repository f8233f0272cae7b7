import { AppError } from '@millrace/core';

import { describeTensor, type ModelSignature, type TensorSpec } from './signature.ts';

/** An output that is computed, and the name under which it is published. */
export interface SelectedOutput {
  readonly name: string;
  readonly published: string;
}

const SCALAR_TYPES: readonly (string | null)[] = ['float32', 'float64'];

/**
 * What of a model's outputs is published: those that `predict.outputs` names, under its names, or all. An output must be
 * one float per row: [N] or [N, 1].
 *
 * @throws AppError `MODEL_MISMATCH` for an output that the model does not have, `NOT_IN_THIS_VERSION` for one of
 *   another kind
 */
export function selectOutputs(
  model: string,
  { outputs }: ModelSignature,
  wanted: ReadonlyMap<string, string> | null,
): readonly SelectedOutput[] {
  const names = wanted ?? new Map(outputs.map(({ name }) => [name, name]));
  return [...names].map(([name, published]) => {
    const output = outputs.find((one) => one.name === name);
    if (!output) throw noSuchOutput(model, name, outputs);
    if (!isScalar(output)) throw notScalar(model, output, outputs);
    return { name, published };
  });
}

function isScalar({ type, shape }: TensorSpec): boolean {
  return SCALAR_TYPES.includes(type) && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
}

function noSuchOutput(model: string, name: string, outputs: readonly TensorSpec[]): AppError {
  return new AppError(
    'MODEL_MISMATCH',
    `predict.outputs names ${name}; ${model} has ${outputs.map(describeTensor).join(', ')}.`,
  );
}

function notScalar(model: string, output: TensorSpec, outputs: readonly TensorSpec[]): AppError {
  const usable = outputs.filter(isScalar).map(({ name }) => name);
  const advice =
    usable.length > 0
      ? `Choose with predict.outputs among ${usable.join(', ')}.`
      : 'Export the model with such an output (from scikit-learn: without ZipMap, and the one column that is wanted).';
  return new AppError(
    'NOT_IN_THIS_VERSION',
    `${model} has the output ${describeTensor(output)}; outputs of one float per row, [N] or [N, 1], are supported. ${advice}`,
  );
}
