import { TextDecoder } from 'node:util';

import { AppError } from '@millrace/core';

/** A line beyond this is no event; it would only fill the memory. */
const MOST_LINE_LETTERS = 32 * 1024 * 1024;

/**
 * The lines of a UTF-8 text, without their ends, as it is read: those of a piece together.
 *
 * @throws AppError `INPUT_INVALID`
 */
export async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 1;
  for await (const chunk of bytes) {
    const lines = (rest + decoded(decoder, chunk, line)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_LINE_LETTERS)
      throw new AppError(
        'INPUT_INVALID',
        `line ${line + lines.length}: found a line of more than ${MOST_LINE_LETTERS} letters.`,
      );
    line += lines.length;
    yield lines.map(withoutReturn);
  }
  rest += decoded(decoder, undefined, line);
  if (rest !== '') yield [withoutReturn(rest)];
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined, line: number): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (error) {
    throw new AppError('INPUT_INVALID', `at or soon after line ${line}: found bytes that are not UTF-8.`, {
      cause: error,
    });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
