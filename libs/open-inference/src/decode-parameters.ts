import type { Parameters } from './infer-request.ts';
import { asObject, wrongField } from './json-field.ts';

const TYPES: readonly string[] = ['string', 'number', 'bigint', 'boolean'];

/** @throws AppError `INFERENCE_INVALID` */
export function decodeParameters(value: unknown, path: string): Parameters {
  if (value === undefined) return {};
  const parameters = asObject(value, path);
  for (const [name, one] of Object.entries(parameters)) {
    if (!TYPES.includes(typeof one)) throw wrongField(`${path}.${name}`, one, 'a text, a number, true or false');
  }
  return parameters as Parameters;
}
