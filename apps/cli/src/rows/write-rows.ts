import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { AppError, messageOf } from '@millrace/core';

import type { Cell, RowFormat } from './row-format.ts';

/** Lines are written in pieces of about so many characters. */
const PIECE = 1 << 16;

/**
 * Writes rows to a file, gzipped where its name ends so. The file appears when it is whole: what is broken off leaves
 * nothing behind.
 *
 * @returns how many rows
 * @throws AppError `INPUT_INVALID` where the file cannot be written
 */
export async function writeRows(
  file: string,
  format: RowFormat,
  rows: AsyncIterable<readonly Cell[]>,
  signal: AbortSignal,
): Promise<number> {
  const partial = `${file}.partial`;
  const counted = { rows: 0 };
  const text = Readable.from(pieces(format, rows, counted));
  const target = createWriteStream(partial);
  try {
    if (file.endsWith('.gz')) await pipeline(text, createGzip(), target, { signal });
    else await pipeline(text, target, { signal });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw isFileError(error)
      ? new AppError('INPUT_INVALID', `${file} cannot be written: ${messageOf(error)}.`, { cause: error })
      : error;
  }
  return counted.rows;
}

async function* pieces(
  format: RowFormat,
  rows: AsyncIterable<readonly Cell[]>,
  counted: { rows: number },
): AsyncGenerator<string> {
  let piece = format.header === null ? '' : `${format.header}\n`;
  for await (const row of rows) {
    piece += `${format.line(row)}\n`;
    counted.rows++;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function isFileError(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined;
}
