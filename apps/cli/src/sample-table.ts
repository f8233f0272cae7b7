import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { AppError, isAppError, messageOf } from '@millrace/core';
import { parse } from 'csv-parse/sync';

/** A row by column. In a CSV's every value is a text. */
export type TableRow = Readonly<Record<string, unknown>>;

/**
 * Reads a table whole: `.csv` with a header, or `.jsonl` with an object a line; gzipped where the name ends in `.gz`.
 *
 * @throws AppError `INPUT_INVALID`, `NOT_IN_THIS_VERSION` for Parquet
 */
export async function readTable(file: string): Promise<readonly TableRow[]> {
  const [, kind, zipped] = /\.(csv|jsonl|parquet)(\.gz)?$/i.exec(file.toLowerCase()) ?? [];
  if (kind === undefined)
    throw new AppError('INPUT_INVALID', `${file} is neither .csv nor .jsonl, alone or with .gz behind it.`);
  if (kind === 'parquet')
    throw new AppError('NOT_IN_THIS_VERSION', `${file}: Parquet comes later; give a .csv or .jsonl.`);
  try {
    const bytes = await readFile(file);
    const text = (zipped ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
    return kind === 'csv' ? (parse(text, { columns: true, bom: true }) as TableRow[]) : jsonLines(text);
  } catch (error) {
    throw isAppError(error) ? error : new AppError('INPUT_INVALID', `${file}: ${messageOf(error)}.`, { cause: error });
  }
}

function jsonLines(text: string): readonly TableRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return [row as TableRow];
    throw new TypeError(`line ${i + 1} is no JSON object`);
  });
}
