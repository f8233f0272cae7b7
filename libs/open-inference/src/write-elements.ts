import { isUtf8 } from 'node:buffer';

import { AppError, shortestFloat32 } from '@millrace/core';
import type { Tensor } from '@millrace/tensors';

/**
 * The elements as a flat JSON list. Integers have all their digits, a float32 its shortest ones; NaN and the infinite ones
 * are written as Triton and Python write them, though JSON has no such numbers.
 *
 * @throws AppError `INFERENCE_INVALID` for what has no JSON: FP16, and BYTES that are no text
 */
export function writeElements(tensor: Tensor): string {
  switch (tensor.datatype) {
    case 'BOOL':
      return list(tensor.data, (value) => (value === 0 ? 'false' : 'true'));
    case 'FP16':
      throw new AppError(
        'INFERENCE_INVALID',
        `outputs: ${tensor.name} is FP16, which has no JSON; ask for binary_data.`,
      );
    case 'FP32':
      return list(tensor.data, (value) => spell(shortestFloat32(value)));
    case 'FP64':
      return list(tensor.data, spell);
    case 'BYTES':
      return list(tensor.data, (bytes) => text(tensor.name, bytes));
    case 'UINT8':
    case 'UINT16':
    case 'UINT32':
    case 'UINT64':
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'INT64':
      return `[${tensor.data.join(',')}]`;
  }
}

function list<Element>(data: Iterable<Element>, write: (element: Element) => string): string {
  return `[${Array.from(data, write).join(',')}]`;
}

function spell(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function text(name: string, bytes: Uint8Array): string {
  if (!isUtf8(bytes))
    throw new AppError('INFERENCE_INVALID', `outputs: ${name} has bytes that are not UTF-8; ask for binary_data.`);
  return JSON.stringify(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}
