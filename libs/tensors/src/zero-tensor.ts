import { DATATYPES } from './datatype.ts';
import { readRaw } from './raw-data.ts';
import { elementCount } from './shape.ts';
import type { Tensor, TensorInfo } from './tensor.ts';

/** Zeros, or empty texts. Dimensions of any size have the size `open`. */
export function zeroTensor({ name, datatype, shape }: TensorInfo, open: number): Tensor {
  const whole = shape.map((size) => (size === -1 ? open : size));
  // a text of no bytes is the four of its length
  return readRaw(name, datatype, whole, new Uint8Array(elementCount(whole) * (DATATYPES[datatype] ?? 4)));
}
