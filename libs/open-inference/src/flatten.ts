import { AppError } from '@millrace/core';
import { describeShape } from '@millrace/tensors';

import { describeValue } from './json-field.ts';

type List = readonly unknown[];

/**
 * The elements in row-major order. A list of lists has to be nested as the shape says: a matrix that is turned is no
 * matrix of this shape.
 *
 * @throws AppError `TENSOR_INVALID`
 */
export function flatten(data: List, shape: readonly number[], path: string): List {
  if (!Array.isArray(data[0])) return data;
  const elements: unknown[] = [];
  gather(data, shape, 0, path, elements);
  return elements;
}

function gather(list: List, shape: readonly number[], depth: number, path: string, elements: unknown[]): void {
  if (list.length !== shape[depth])
    throw new AppError(
      'TENSOR_INVALID',
      `${path}: found ${describeValue(list)} at depth ${depth + 1}; the shape is ${describeShape(shape)}.`,
    );
  if (depth === shape.length - 1) {
    for (const element of list) elements.push(element);
    return;
  }
  for (const inner of list) {
    if (!Array.isArray(inner))
      throw new AppError(
        'TENSOR_INVALID',
        `${path}: found ${describeValue(inner)} at depth ${depth + 2}; the shape ${describeShape(shape)} has lists there.`,
      );
    gather(inner, shape, depth + 1, path, elements);
  }
}
