import { AppError } from '@millrace/core';

import type { Datatype } from './datatype.ts';
import { describeShape, elementCount } from './shape.ts';

/** The array that holds the elements of each datatype, in row-major order. */
export interface TensorData {
  /** 1 and 0. */
  readonly BOOL: Uint8Array;
  readonly UINT8: Uint8Array;
  readonly UINT16: Uint16Array;
  readonly UINT32: Uint32Array;
  readonly UINT64: BigUint64Array;
  readonly INT8: Int8Array;
  readonly INT16: Int16Array;
  readonly INT32: Int32Array;
  readonly INT64: BigInt64Array;
  /** The bits of IEEE 754 binary16: nothing here computes with them. */
  readonly FP16: Uint16Array;
  readonly FP32: Float32Array;
  readonly FP64: Float64Array;
  /** An element is any bytes; texts are UTF-8. */
  readonly BYTES: readonly Uint8Array[];
}

/** What a model takes or gives. */
export interface TensorInfo {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1: any size. */
  readonly shape: readonly number[];
}

/** A named array of one type, with as many elements as its shape says. */
export type Tensor = {
  readonly [Type in Datatype]: {
    readonly name: string;
    readonly datatype: Type;
    readonly shape: readonly number[];
    readonly data: TensorData[Type];
  };
}[Datatype];

/** @throws AppError `TENSOR_INVALID` where the data has not as many elements as the shape */
export function makeTensor<Type extends Datatype>(
  name: string,
  datatype: Type,
  shape: readonly number[],
  data: TensorData[Type],
): Tensor {
  const elements = elementCount(shape);
  if (data.length !== elements)
    throw new AppError(
      'TENSOR_INVALID',
      `${name} has the shape ${describeShape(shape)}, which is ${elements} elements; found ${data.length}.`,
    );
  return { name, datatype, shape, data } as Tensor;
}
