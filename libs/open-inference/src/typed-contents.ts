import { AppError } from '@millrace/core';
import { makeTensor, type Datatype, type Tensor } from '@millrace/tensors';

import type { TensorContentsMessage } from './infer-message.ts';
import { readElements } from './json-elements.ts';
import { exactInteger } from './wire-integer.ts';

/** Where the elements of each datatype are; null: they go as raw contents alone. */
const FIELDS = {
  BOOL: 'bool_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  FP16: null,
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
} as const satisfies Record<Datatype, keyof TensorContentsMessage | null>;

/**
 * A tensor of the elements that a message lists.
 *
 * @throws AppError `INFERENCE_INVALID` where they are in the field of another type, `TENSOR_INVALID`
 */
export function readContents(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  contents: TensorContentsMessage,
  path: string,
): Tensor {
  const field = FIELDS[datatype];
  if (field === null)
    throw new AppError('INFERENCE_INVALID', `${path}: ${datatype} has no field there; send it in raw_input_contents.`);
  for (const [other, elements] of Object.entries(contents) as [string, readonly unknown[]][])
    if (other !== field && elements.length > 0)
      throw new AppError('INFERENCE_INVALID', `${path}: found ${other}; allowed for ${datatype} is ${field}.`);
  switch (field) {
    case 'bytes_contents':
      return makeTensor(name, datatype as 'BYTES', shape, contents.bytes_contents ?? []);
    case 'int64_contents':
    case 'uint64_contents': {
      const signed = field === 'int64_contents';
      const exact = (contents[field] ?? []).map((value) => exactInteger(value, signed));
      return readElements(name, datatype, shape, exact, `${path}.${field}`);
    }
    case 'bool_contents':
    case 'int_contents':
    case 'uint_contents':
    case 'fp32_contents':
    case 'fp64_contents':
      return readElements(name, datatype, shape, contents[field] ?? [], `${path}.${field}`);
  }
}
