import { AppError } from '@millrace/core';

import { describeShape } from './shape.ts';
import type { Tensor, TensorInfo } from './tensor.ts';

/**
 * The inputs in the model's order, each of its type and shape.
 *
 * @throws AppError `TENSOR_INVALID` for one that is missing, unknown, there twice, or of another type or shape
 */
export function checkInputs(found: readonly Tensor[], model: readonly TensorInfo[]): readonly Tensor[] {
  const known = new Set(model.map(({ name }) => name));
  for (const [place, { name }] of found.entries()) {
    if (!known.has(name)) throw invalid(`inputs has ${name}; the model takes ${list(model)}.`);
    if (found.findIndex((other) => other.name === name) < place) throw invalid(`inputs has ${name} twice.`);
  }
  return model.map((info) => {
    const tensor = found.find(({ name }) => name === info.name);
    if (!tensor) throw invalid(`inputs has no ${info.name}; the model takes ${list(model)}.`);
    return checkOne(tensor, info);
  });
}

function checkOne(tensor: Tensor, info: TensorInfo): Tensor {
  if (tensor.datatype !== info.datatype)
    throw invalid(`${info.name} is ${tensor.datatype}; the model takes ${describe(info)}.`);
  const fits =
    tensor.shape.length === info.shape.length && info.shape.every((size, i) => size === -1 || size === tensor.shape[i]);
  if (!fits)
    throw invalid(`${info.name} has the shape ${describeShape(tensor.shape)}; the model takes ${describe(info)}.`);
  return tensor;
}

function describe({ name, datatype, shape }: TensorInfo): string {
  return `${name} ${datatype} ${describeShape(shape)}`;
}

function list(model: readonly TensorInfo[]): string {
  return model.map(describe).join(', ');
}

function invalid(detail: string): AppError {
  return new AppError('TENSOR_INVALID', detail);
}
