import { decodeParameters } from './decode-parameters.ts';
import type { Parameters, RequestedOutput } from './infer-request.ts';
import { asCount, asFlag, asObject, asText } from './json-field.ts';
import { refuseSharedMemory } from './refuse-shared-memory.ts';

/** @throws AppError `INFERENCE_INVALID` */
export function decodeOutput(value: unknown, path: string, binaryOutput: boolean): RequestedOutput {
  const output = asObject(value, path);
  const parameters = decodeParameters(output['parameters'], `${path}.parameters`);
  return requestedOutput(asText(output['name'], `${path}.name`), parameters, path, binaryOutput);
}

/**
 * @param binaryOutput whether it comes as bytes where its parameters do not say
 * @throws AppError `INFERENCE_INVALID`
 */
export function requestedOutput(
  name: string,
  parameters: Parameters,
  path: string,
  binaryOutput: boolean,
): RequestedOutput {
  refuseSharedMemory(parameters, path);
  const { binary_data: binary = binaryOutput, classification = 0 } = parameters;
  return {
    name,
    binary: asFlag(binary, `${path}.parameters.binary_data`),
    classes: asCount(classification, `${path}.parameters.classification`),
  };
}
