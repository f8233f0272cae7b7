import { spellNotFinite } from './spell-not-finite.ts';

/** An integer of so many digits may be beyond 2^53. */
const LONG_INTEGER = /(?<![\d.])\d{16}/;
/** None of the protocol's types has longer ones, and to read a million digits takes its time. */
const INTEGER = /^-?\d{1,20}$/;

/**
 * JSON, except that integers of up to 20 digits beyond 2^53 are bigints, and that `NaN`, `Infinity` and `Inf` are read as
 * well, as Triton and Python do; NaN comes as null.
 *
 * @throws SyntaxError, RangeError
 */
export function parseExactJson(text: string): unknown {
  const json = spellNotFinite(text);
  // looking at every value takes many times as long: only where one of them may need it
  return LONG_INTEGER.test(json) ? JSON.parse(json, exactInteger) : JSON.parse(json);
}

/** `source` is how the value was written (ECMAScript's "JSON.parse source text access"). */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return INTEGER.test(source) ? BigInt(source) : value;
}
