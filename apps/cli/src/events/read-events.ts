import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { AppError, isAppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { csvEvents } from './csv-events.ts';
import type { EventLine } from './event-line.ts';
import { jsonlEvents } from './jsonl-events.ts';
import { parquetEvents } from './parquet-events.ts';
import type { Reading } from './reading.ts';

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
export async function* readEventBatches(
  file: string,
  plan?: Plan,
  reading: Reading = {},
): AsyncGenerator<readonly EventLine[]> {
  const [, kind, zipped] = /\.(csv|jsonl|parquet)(\.gz)?$/i.exec(file.toLowerCase()) ?? [];
  if (kind === undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${file}: found a name of another kind, allowed are .jsonl and .csv, each alone or with .gz behind it, and .parquet.`,
    );
  if (kind === 'parquet' && zipped !== undefined)
    throw new AppError('INPUT_INVALID', `${file}: a Parquet file is compressed inside; unzip it.`);
  try {
    yield* kind === 'parquet' ? parquetEvents(file, plan, reading) : textEvents(file, { kind, zipped }, reading, plan);
  } catch (error) {
    throw located(file, error);
  }
}

async function* textEvents(
  file: string,
  { kind, zipped }: { readonly kind: string; readonly zipped: string | undefined },
  { from = 0, onRead }: Reading,
  plan?: Plan,
): AsyncGenerator<readonly EventLine[]> {
  const { size } = await stat(file);
  const read = createReadStream(file, { highWaterMark: PIECE_BYTES });
  const bytes = zipped === undefined ? read : unzip(read);
  const isPassedOver = (): boolean => read.bytesRead < from * size;
  const batches = kind === 'csv' ? csvEvents(bytes, isPassedOver, plan) : jsonlEvents(bytes, isPassedOver);
  try {
    for await (const events of batches) {
      if (onRead) await onRead(read.bytesRead / size);
      yield events;
    }
  } finally {
    bytes.destroy();
  }
}

function unzip(bytes: Readable): Readable {
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
