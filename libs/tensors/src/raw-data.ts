import { AppError } from '@millrace/core';

import { DATATYPES, type Datatype } from './datatype.ts';
import { describeShape, elementCount } from './shape.ts';
import { makeTensor, type Tensor, type TensorData } from './tensor.ts';

const LENGTH_BYTES = 4;

/** Views of bytes, by datatype. Machines that Node runs on are little-endian, as the protocol is. */
export const VIEWS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

/**
 * The tensor whose elements are these bytes, which must not change any more: little-endian and row-major, a BOOL one byte, each element of BYTES behind
 * its length in four bytes.
 *
 * @throws AppError `TENSOR_INVALID` for too many or too few bytes, and for a BOOL that is neither 0 nor 1
 */
export function readRaw(name: string, datatype: Datatype, shape: readonly number[], bytes: Uint8Array): Tensor {
  if (datatype === 'BYTES') return makeTensor(name, datatype, shape, splitElements(name, bytes));
  const wanted = elementCount(shape) * DATATYPES[datatype];
  if (bytes.length !== wanted)
    throw new AppError(
      'TENSOR_INVALID',
      `${name} is ${datatype} ${describeShape(shape)}, which is ${wanted} bytes; found ${bytes.length}.`,
    );
  if (datatype === 'BOOL') checkBooleans(name, bytes);
  return makeTensor(name, datatype, shape, viewOf(datatype, bytes) as TensorData[typeof datatype]);
}

/** A copy only where the bytes begin at a place where an array of wider elements may not. */
function viewOf(datatype: keyof typeof VIEWS, bytes: Uint8Array): TensorData[keyof typeof VIEWS] {
  const View = VIEWS[datatype];
  const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = aligned ? bytes : new Uint8Array(bytes);
  return new View(buffer as ArrayBuffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT);
}

/** What `readRaw` reads; without a copy, except for BYTES. */
export function writeRaw(tensor: Tensor): Uint8Array {
  if (tensor.datatype === 'BYTES') return joinElements(tensor.data);
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function checkBooleans(name: string, bytes: Uint8Array): void {
  const at = bytes.findIndex((byte) => byte > 1);
  if (at >= 0)
    throw new AppError('TENSOR_INVALID', `${name} is BOOL; byte ${at} is ${bytes[at]}, allowed are 0 and 1.`);
}

function splitElements(name: string, bytes: Uint8Array): readonly Uint8Array[] {
  const elements: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const from = at + LENGTH_BYTES;
    if (from > bytes.length)
      throw cutShort(name, elements.length, bytes.length - at, `the ${LENGTH_BYTES} of its length`);
    const length = view.getUint32(at, true);
    at = from + length;
    if (at > bytes.length) throw cutShort(name, elements.length, bytes.length - from, String(length));
    elements.push(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length));
  }
  return elements;
}

function cutShort(name: string, element: number, found: number, wanted: string): AppError {
  return new AppError('TENSOR_INVALID', `${name}: element ${element} has ${found} bytes left; needed are ${wanted}.`);
}

function joinElements(elements: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(elements.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const element of elements) {
    view.setUint32(at, element.length, true);
    joined.set(element, at + LENGTH_BYTES);
    at += LENGTH_BYTES + element.length;
  }
  return joined;
}
