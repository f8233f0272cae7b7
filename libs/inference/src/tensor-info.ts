import { AppError } from '@millrace/core';
import type { Datatype, TensorInfo } from '@millrace/tensors';

import { describeTensor, type TensorSpec } from './signature.ts';

/** The protocol's names of ONNX Runtime's types. */
export const DATATYPE_OF: ReadonlyMap<string | null, Datatype> = new Map<string, Datatype>([
  ['bool', 'BOOL'],
  ['uint8', 'UINT8'],
  ['uint16', 'UINT16'],
  ['uint32', 'UINT32'],
  ['uint64', 'UINT64'],
  ['int8', 'INT8'],
  ['int16', 'INT16'],
  ['int32', 'INT32'],
  ['int64', 'INT64'],
  ['float16', 'FP16'],
  ['float32', 'FP32'],
  ['float64', 'FP64'],
  ['string', 'BYTES'],
]);

/**
 * What the protocol says of an input or output; a dimension without a fixed size is -1.
 *
 * @param rows whether the first dimension is the rows', of which there may be any number: a model with a fixed one is run
 *   as often as it takes
 * @throws AppError `NOT_IN_THIS_VERSION` for what is no tensor of the protocol
 */
export function tensorInfo(spec: TensorSpec, rows: boolean): TensorInfo {
  const datatype = DATATYPE_OF.get(spec.type);
  if (!datatype)
    throw new AppError(
      'NOT_IN_THIS_VERSION',
      `the model has ${describeTensor(spec)}, which the protocol has no type for.`,
    );
  const shape = spec.shape.map((size, i) => ((i === 0 && rows) || typeof size === 'string' ? -1 : size));
  return { name: spec.name, datatype, shape };
}
