/** ECMAScript's "JSON.parse source text access", which the types do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): number };

/** An integer of so many digits may be beyond 2^53. */
const LONG_INTEGER = /\d{16}/;
const INTEGER = /^-?\d+$/;

/** An integer that `JSON.stringify` writes in all its digits. It is a number in JSON, and for nothing else. */
export function jsonInteger(value: bigint): number {
  return rawJSON(String(value));
}

/**
 * JSON that is to be written again: integers beyond 2^53 come as `jsonInteger` has them.
 *
 * @throws SyntaxError
 */
export function parseForWriting(text: string): unknown {
  // looking at every value takes many times as long: only where one of them may need it
  return LONG_INTEGER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return INTEGER.test(source) ? rawJSON(source) : value;
}
