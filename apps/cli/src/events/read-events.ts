import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { AppError, isAppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { csvEvents } from './csv-events.ts';
import type { EventLine } from './event-line.ts';
import { jsonlEvents } from './jsonl-events.ts';
import { parquetEvents } from './parquet-events.ts';

/**
 * Files are read, and unzipped, in pieces of so many bytes. With those of Node, which are smaller, unzipping takes twice as
 * long; with larger ones, more events are in memory when garbage is collected.
 */
const PIECE_BYTES = 64 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'it is a folder; name a file in it.',
  Z_BUF_ERROR: 'its gzip is cut off before its end; get the whole file.',
  Z_DATA_ERROR: 'it is not gzipped, as its name says, or damaged.',
};

/** The events of a file, one by one (see `readEventBatches`). */
export async function* readEvents(file: string, plan?: Plan): AsyncGenerator<EventLine> {
  for await (const events of readEventBatches(file, plan)) for (const event of events) yield event;
}

/**
 * Reads a file of events piece by piece: `.jsonl` with `{"type":…, …payload}` a line, `.csv` with a header and a column
 * `type`, both gzipped where the name ends in `.gz`; or `.parquet` with the same columns, a row group at a time.
 * Events come in batches: one by one, the steps of all async generators on the way would be a tenth of an offline run.
 *
 * @param plan gives the columns of a CSV their types, and says what a null of a column means; without it a CSV's are texts
 * @throws AppError `INPUT_INVALID`, naming the line or row
 */
export async function* readEventBatches(file: string, plan?: Plan): AsyncGenerator<readonly EventLine[]> {
  const [, kind, zipped] = /\.(csv|jsonl|parquet)(\.gz)?$/i.exec(file.toLowerCase()) ?? [];
  if (kind === undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${file}: found a name of another kind, allowed are .jsonl and .csv, each alone or with .gz behind it, and .parquet.`,
    );
  if (kind === 'parquet' && zipped !== undefined)
    throw new AppError('INPUT_INVALID', `${file}: a Parquet file is compressed inside; unzip it.`);
  try {
    yield* kind === 'parquet' ? parquetEvents(file, plan) : textEvents(file, kind, zipped !== undefined, plan);
  } catch (error) {
    throw located(file, error);
  }
}

async function* textEvents(
  file: string,
  kind: string,
  zipped: boolean,
  plan?: Plan,
): AsyncGenerator<readonly EventLine[]> {
  const bytes = openBytes(file, zipped);
  try {
    yield* kind === 'csv' ? csvEvents(bytes, plan) : jsonlEvents(bytes);
  } finally {
    bytes.destroy();
  }
}

function openBytes(file: string, zipped: boolean): Readable {
  const bytes = createReadStream(file, { highWaterMark: PIECE_BYTES });
  if (!zipped) return bytes;
  const unzipped = createGunzip({ chunkSize: PIECE_BYTES });
  bytes.on('error', (error) => unzipped.destroy(error));
  unzipped.on('close', () => bytes.destroy());
  return bytes.pipe(unzipped);
}

function located(file: string, error: unknown): unknown {
  if (isAppError(error)) return new AppError(error.code, `${file}: ${error.detail}`, { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const why = REASONS[code] ?? `it cannot be read (${messageOf(error)}).`;
  return new AppError('INPUT_INVALID', `${file}: ${why}`, { cause: error });
}
