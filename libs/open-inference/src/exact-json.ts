const NOT_FINITE = /NaN|Inf/;
/** Texts, which stay as they are, and the three numbers that JSON does not have. */
const TEXT_OR_NOT_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity|Inf)\b/gs;
/** An integer of so many digits may be beyond 2^53. */
const LONG_INTEGER = /(?<![\d.])\d{16,}(?![\d.eE])/;
const INTEGER = /^-?\d+$/;

/**
 * JSON, except that integers beyond 2^53 are bigints, and that `NaN`, `Infinity` and `Inf` are read as well, as Triton
 * and Python do; NaN comes as null.
 *
 * @throws SyntaxError, RangeError
 */
export function parseExactJson(text: string): unknown {
  const json = NOT_FINITE.test(text) ? text.replace(TEXT_OR_NOT_FINITE, inJson) : text;
  // looking at every value takes several times as long: only where one of them may need it
  return LONG_INTEGER.test(json) ? JSON.parse(json, exactInteger) : JSON.parse(json);
}

function inJson(token: string): string {
  if (token.startsWith('"')) return token;
  if (token.endsWith('NaN')) return 'null';
  // beyond the largest number, and so infinite
  return token.startsWith('-') ? '-1e999' : '1e999';
}

/** `source` is how the value was written (ECMAScript's "JSON.parse source text access"). */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return INTEGER.test(source) ? BigInt(source) : value;
}
