import type { Scalar } from 'yaml';

/**
 * Where in the YAML source character `index` of a scalar's value stands: quotes, escapes, folded lines and the
 * indentation of block scalars lie between the two.
 */
export function sourceOffset(source: string, scalar: Scalar, index: number): number {
  const [start, end] = scalar.range ?? [0, 0];
  const value = String(scalar.value);
  let at = contentStart(source, scalar, start);
  for (let i = 0; i < Math.min(index, value.length) && at < end; i++) at = behind(source, at, end, value.charAt(i), scalar.type);
  return at;
}

function contentStart(source: string, scalar: Scalar, start: number): number {
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return start + 1;
  if (scalar.type !== 'BLOCK_FOLDED' && scalar.type !== 'BLOCK_LITERAL') return start;
  const text = /^[^\n]*\n\s*/.exec(source.slice(start));
  return start + (text?.[0].length ?? 0);
}

/** The place behind what stands for `char`. */
function behind(source: string, at: number, end: number, char: string, type: Scalar['type']): number {
  const blank = char === ' ' || char === '\n';
  if (blank && /[\s]/.test(source.charAt(at))) {
    // a folded or broken line: all of its blanks stand for one
    const run = /^[^\S\n]*\n\s*/.exec(source.slice(at, end));
    return at + (run === null ? 1 : run[0].length);
  }
  if (type === 'QUOTE_DOUBLE' && source.charAt(at) === '\\') return at + escapeLength(source.charAt(at + 1));
  if (type === 'QUOTE_SINGLE' && char === "'") return at + 2;
  return at + 1;
}

function escapeLength(kind: string): number {
  return kind === 'x' ? 4 : kind === 'u' ? 6 : kind === 'U' ? 10 : 2;
}
