import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { AppError, isAppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { csvEvents } from './csv-events.ts';
import type { EventLine } from './event-line.ts';
import { jsonlEvents } from './jsonl-events.ts';

/**
 * Reads a file of events piece by piece: `.jsonl` with `{"type":…, …payload}` a line, or `.csv` with a header and a
 * column `type`; gzipped where the name ends in `.gz`.
 *
 * @param plan gives the columns of a CSV their types; without it they are texts
 * @throws AppError `INPUT_INVALID`, naming the line; `NOT_IN_THIS_VERSION` for Parquet
 */
export async function* readEvents(file: string, plan?: Plan): AsyncGenerator<EventLine> {
  const [, kind, zipped] = /\.(csv|jsonl|parquet)(\.gz)?$/i.exec(file) ?? [];
  if (kind === undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${file}: found a name of another kind, allowed are .jsonl and .csv, each alone or with .gz behind it.`,
    );
  if (kind.toLowerCase() === 'parquet')
    throw new AppError('NOT_IN_THIS_VERSION', `${file}: Parquet comes later; give a .jsonl or .csv.`);
  const bytes = openBytes(file, zipped !== undefined);
  try {
    yield* kind.toLowerCase() === 'csv' ? csvEvents(bytes, plan) : jsonlEvents(bytes);
  } catch (error) {
    throw located(file, error);
  } finally {
    bytes.destroy();
  }
}

function openBytes(file: string, zipped: boolean): Readable {
  const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (!zipped) return bytes;
  const unzipped = createGunzip();
  bytes.on('error', (error) => unzipped.destroy(error));
  unzipped.on('close', () => bytes.destroy());
  return bytes.pipe(unzipped);
}

function located(file: string, error: unknown): unknown {
  if (isAppError(error)) return new AppError(error.code, `${file}: ${error.detail}`, { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const why = code === 'ENOENT' ? 'there is no such file.' : `it cannot be read (${messageOf(error)}).`;
  return new AppError('INPUT_INVALID', `${file}: ${why}`, { cause: error });
}
