import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { AppError } from '@millrace/core';

import type { Cell } from './column.ts';
import { assertOutput, outputError } from './output-file.ts';
import type { RowEncoding } from './row-encoding.ts';

/**
 * Writes rows to a file, gzipped where its name ends so. The file appears when it is whole: what is broken off leaves
 * nothing behind, and then nothing makes rows any more either.
 *
 * @returns how many rows
 * @throws AppError `OUTPUT_FAILED` where the file cannot be written, `INTERRUPTED` by the signal
 */
export async function writeRows(
  file: string,
  encode: RowEncoding,
  rows: AsyncIterable<readonly Cell[]>,
  signal: AbortSignal,
): Promise<number> {
  await assertOutput(file);
  const partial = `${file}.partial`;
  const counted = { rows: 0 };
  const bytes = Readable.from(encode(untilStopped(rows, counted, signal)));
  const target = createWriteStream(partial);
  try {
    if (file.endsWith('.gz')) await pipeline(bytes, createGzip(), target, { signal });
    else await pipeline(bytes, target, { signal });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw told(file, error, signal);
  }
  return counted.rows;
}

async function* untilStopped(
  rows: AsyncIterable<readonly Cell[]>,
  counted: { rows: number },
  signal: AbortSignal,
): AsyncGenerator<readonly Cell[]> {
  for await (const row of rows) {
    signal.throwIfAborted();
    counted.rows++;
    yield row;
  }
}

function told(file: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new AppError('INTERRUPTED', `${file} is not written.`, { cause: error });
  return outputError(file, error);
}
