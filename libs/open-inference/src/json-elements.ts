import { AppError } from '@millrace/core';
import { makeTensor, type Datatype, type Tensor, type TensorData } from '@millrace/tensors';

import { flatten } from './flatten.ts';
import { asList, describeValue } from './json-field.ts';

type Elements = readonly unknown[];
type Reader<Type extends Datatype> = (elements: Elements, path: string) => TensorData[Type];

const integers =
  <Data extends Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array>(
    make: new (length: number) => Data,
    min: number,
    max: number,
  ) =>
  (elements: Elements, path: string): Data => {
    const data = new make(elements.length);
    for (let i = 0; i < data.length; i++) {
      const value = elements[i];
      if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
        throw wrongElement(path, i, value, `an integer from ${min} to ${max}`);
      data[i] = value as number;
    }
    return data;
  };

const bigIntegers =
  <Data extends BigInt64Array | BigUint64Array>(make: new (length: number) => Data, min: bigint, max: bigint) =>
  (elements: Elements, path: string): Data => {
    const data = new make(elements.length);
    for (let i = 0; i < data.length; i++) {
      const value = elements[i];
      const exact = Number.isSafeInteger(value) ? BigInt(value as number) : value;
      if (typeof exact !== 'bigint' || exact < min || exact > max)
        throw wrongElement(path, i, value, `an integer from ${min} to ${max}`);
      data[i] = exact;
    }
    return data;
  };

/** Null is NaN, as everywhere in Millrace. */
const floats =
  <Data extends Float32Array | Float64Array>(make: new (length: number) => Data) =>
  (elements: Elements, path: string): Data => {
    const data = new make(elements.length);
    for (let i = 0; i < data.length; i++) {
      const value = elements[i];
      if (typeof value === 'number') data[i] = value;
      else if (value === null) data[i] = Number.NaN;
      else if (typeof value === 'bigint') data[i] = Number(value);
      else throw wrongElement(path, i, value, 'a number, or null for NaN');
    }
    return data;
  };

const READERS: { readonly [Type in Datatype]: Reader<Type> } = {
  BOOL: (elements, path) =>
    Uint8Array.from(elements, (value, i) => {
      if (typeof value !== 'boolean') throw wrongElement(path, i, value, 'true or false');
      return value ? 1 : 0;
    }),
  UINT8: integers(Uint8Array, 0, 255),
  UINT16: integers(Uint16Array, 0, 65_535),
  UINT32: integers(Uint32Array, 0, 4_294_967_295),
  UINT64: bigIntegers(BigUint64Array, 0n, 18_446_744_073_709_551_615n),
  INT8: integers(Int8Array, -128, 127),
  INT16: integers(Int16Array, -32_768, 32_767),
  INT32: integers(Int32Array, -2_147_483_648, 2_147_483_647),
  INT64: bigIntegers(BigInt64Array, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n),
  FP16: (_elements, path) => {
    throw new AppError('TENSOR_INVALID', `${path}: FP16 has no JSON; send it as binary data.`);
  },
  FP32: floats(Float32Array),
  FP64: floats(Float64Array),
  BYTES: (elements, path) =>
    elements.map((value, i) => {
      if (typeof value !== 'string') throw wrongElement(path, i, value, 'a text');
      return new TextEncoder().encode(value);
    }),
};

/**
 * A tensor of the elements that JSON lists, flat or nested as its shape says.
 *
 * @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID`
 */
export function readElements(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: unknown,
  path: string,
): Tensor {
  const elements = flatten(asList(data, path), shape, path);
  return makeTensor(name, datatype, shape, READERS[datatype](elements, path));
}

function wrongElement(path: string, at: number, found: unknown, allowed: string): AppError {
  return new AppError(
    'TENSOR_INVALID',
    `${path}, element ${at}: found ${describeValue(found)}; allowed is ${allowed}.`,
  );
}
