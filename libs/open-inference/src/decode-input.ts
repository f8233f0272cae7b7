import { AppError } from '@millrace/core';
import { readRaw, type Tensor } from '@millrace/tensors';

import type { BinaryData } from './binary-data.ts';
import { decodeParameters } from './decode-parameters.ts';
import { readElements } from './json-elements.ts';
import { asCount, asObject, asText } from './json-field.ts';
import { refuseSharedMemory } from './refuse-shared-memory.ts';
import { asDatatype, asShape } from './tensor-head.ts';

/** @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID` */
export function decodeInput(value: unknown, path: string, binary: BinaryData): Tensor {
  const input = asObject(value, path);
  const name = asText(input['name'], `${path}.name`);
  const datatype = asDatatype(input['datatype'], `${path}.datatype`);
  const shape = asShape(input['shape'], `${path}.shape`);
  const parameters = decodeParameters(input['parameters'], `${path}.parameters`);
  refuseSharedMemory(parameters, path);
  const { binary_data_size: size } = parameters;
  const { data } = input;
  if (size === undefined) return readElements(name, datatype, shape, data, `${path}.data`);
  if (data !== undefined)
    throw new AppError('INFERENCE_INVALID', `${path} has both data and parameters.binary_data_size; allowed is one.`);
  const sizePath = `${path}.parameters.binary_data_size`;
  return readRaw(name, datatype, shape, binary.take(asCount(size, sizePath), sizePath));
}
