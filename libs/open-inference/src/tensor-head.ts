import { AppError } from '@millrace/core';
import { DATATYPES, isDatatype, type Datatype } from '@millrace/tensors';

import { asCount, asList, wrongField } from './json-field.ts';

/** As many as numpy has. */
const MOST_DIMENSIONS = 64;

/** Readers of what stands beside a tensor's elements. Each throws AppError `INFERENCE_INVALID` with the field's path. */
export function asDatatype(value: unknown, path: string): Datatype {
  if (isDatatype(value)) return value;
  throw wrongField(path, value, `one of ${Object.keys(DATATYPES).join(', ')}`);
}

export function asShape(value: unknown, path: string): readonly number[] {
  const shape = asList(value, path).map((size, i) => asCount(size, `${path}[${i}]`));
  if (shape.length <= MOST_DIMENSIONS) return shape;
  throw new AppError('INFERENCE_INVALID', `${path}: found ${shape.length} dimensions; allowed are ${MOST_DIMENSIONS}.`);
}
