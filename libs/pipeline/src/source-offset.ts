import type { Scalar } from 'yaml';

/**
 * Where in the YAML source character `index` of a scalar's text stands. Folding and indentation change blanks only, so
 * the characters that are not blank are counted, in the text and then in the source.
 */
export function sourceOffset(source: string, scalar: Scalar, index: number): number {
  const [start, end] = scalar.range ?? [0, 0];
  let left = String(scalar.value).slice(0, index).replaceAll(/\s/g, '').length;
  let at = contentStart(source, scalar, start);
  let behind = at;
  for (; left > 0 && at < end; at = behind) {
    const length = charLength(source, at, scalar.type);
    behind = at + length;
    if (!isBlank(source.slice(at, behind))) left -= 1;
  }
  return skipBlanks(source, behind, end, String(scalar.value).charAt(index));
}

function contentStart(source: string, scalar: Scalar, start: number): number {
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return start + 1;
  // `>-` and its like stand on a line of their own
  return scalar.type === 'BLOCK_FOLDED' || scalar.type === 'BLOCK_LITERAL' ? source.indexOf('\n', start) + 1 : start;
}

/** How many characters of the source stand for one of the text. */
function charLength(source: string, at: number, type: Scalar['type']): number {
  if (type === 'QUOTE_SINGLE') return source.startsWith("''", at) ? 2 : 1;
  if (type !== 'QUOTE_DOUBLE' || source.charAt(at) !== '\\') return 1;
  return { x: 4, u: 6, U: 10 }[source.charAt(at + 1)] ?? 2;
}

function isBlank(written: string): boolean {
  return /^(\s|\\[nrt \n])/.test(written);
}

/** To the next character, if it is one that was asked for and not the end of the text. */
function skipBlanks(source: string, from: number, end: number, wanted: string): number {
  if (wanted === '' || isBlank(wanted)) return from;
  let at = from;
  while (at < end && isBlank(source.slice(at, at + 2))) at += source.charAt(at) === '\\' ? 2 : 1;
  return at;
}
