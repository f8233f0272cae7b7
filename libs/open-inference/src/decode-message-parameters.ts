import type { InferParameterMessage, ParametersMessage } from './infer-message.ts';
import type { Parameters } from './infer-request.ts';
import { wrongField } from './json-field.ts';
import { exactInteger } from './wire-integer.ts';

/** @throws AppError `INFERENCE_INVALID` for one that has no value */
export function decodeMessageParameters(parameters: ParametersMessage, path: string): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const value = parameter === null ? undefined : valueOf(parameter);
      if (value === undefined) throw wrongField(`${path}.${name}`, value, 'one of the fields of InferParameter');
      return [name, value];
    }),
  );
}

/** Only what was sent is the message's own; what it inherits are defaults. */
function valueOf(parameter: InferParameterMessage): Parameters[string] | undefined {
  const has = (field: keyof InferParameterMessage): boolean => Object.hasOwn(parameter, field);
  const { bool_param, int64_param, string_param, double_param, uint64_param } = parameter;
  if (has('bool_param')) return bool_param;
  if (has('string_param')) return string_param;
  if (has('double_param')) return double_param;
  if (int64_param !== undefined && has('int64_param')) return exactInteger(int64_param, true);
  if (uint64_param !== undefined && has('uint64_param')) return exactInteger(uint64_param, false);
  return undefined;
}
