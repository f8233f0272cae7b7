import { AppError, type Value } from '@millrace/core';

import { columnInputs, type ColumnInput } from './column-input.ts';
import { rowDimension } from './row-dimension.ts';
import { describeTensor, type ModelSignature, type TensorSpec } from './signature.ts';

/** The one input, float32, that takes the feature vectors as they are. */
export interface VectorInput {
  readonly kind: 'vector';
  readonly name: string;
  /** How many rows a run takes; null: any number. */
  readonly fixedRows: number | null;
}

/** Inputs that take the features apart, or as another type. */
export interface ColumnInputs {
  readonly kind: 'columns';
  readonly inputs: readonly ColumnInput[];
}

/** The categories of features that have some, by name. */
export type FeatureCategories = ReadonlyMap<string, readonly Value[]>;

/**
 * Sees whether a model takes the vectors that a pipeline makes: one float32 or float64 input [N, k] with k features, or
 * one input per feature; and the features that it was trained on (`features` of its `model.json`), where it says so.
 *
 * @throws AppError `MODEL_MISMATCH`
 */
export function checkFits(
  model: string,
  signature: ModelSignature,
  vector: readonly string[],
  trainedOn: readonly string[] | null,
  categories: FeatureCategories = new Map(),
): VectorInput | ColumnInputs {
  const [input] = signature.inputs;
  const whole = signature.inputs.length === 1 && input && takesVectors(input, vector.length) ? input : null;
  const columns = whole ? null : columnInputs(signature.inputs, vector, categories);
  const tensors = { ...signature, outputs: signature.outputs.filter(({ type }) => type !== null) };
  if (!whole && (!columns || rowDimension(tensors) === 'none')) {
    throw new AppError(
      'MODEL_MISMATCH',
      `${model} takes ${list(signature.inputs.map(describeTensor))}; the pipeline file's vector has ${vector.length} features, ` +
        `which needs one input float32 or float64 [N, ${vector.length}], or an input [N, 1] per feature with its name (a text ` +
        `where the feature has categories); N is open or 1, with one input float32 any number. The features are ${list(vector)}.`,
    );
  }
  if (trainedOn) checkNames(model, vector, trainedOn);
  if (!whole) return { kind: 'columns', inputs: columns ?? [] };
  const [rows] = whole.shape;
  return { kind: 'vector', name: whole.name, fixedRows: typeof rows === 'number' ? rows : null };
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
