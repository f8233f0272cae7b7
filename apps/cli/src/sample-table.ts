import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { AppError, isAppError, messageOf } from '@millrace/core';
import { parse } from 'csv-parse/sync';

import { jsonValue } from './parquet/json-value.ts';
import type { ParquetColumn } from './parquet/parquet-table.ts';
import { rowGroups } from './parquet/row-groups.ts';

/** A row by column. In a CSV's every value is a text. */
export type TableRow = Readonly<Record<string, unknown>>;

/**
 * Reads a table whole: `.csv` with a header, or `.jsonl` with an object a line, gzipped where the name ends in `.gz`; or
 * `.parquet`.
 *
 * @throws AppError `INPUT_INVALID`
 */
export async function readTable(file: string): Promise<readonly TableRow[]> {
  const [named, kind, zipped] = /\.(?:(csv|jsonl)(\.gz)?|parquet)$/.exec(file.toLowerCase()) ?? [];
  if (named === undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${file} is neither .csv nor .jsonl, alone or with .gz behind it, nor .parquet.`,
    );
  try {
    return kind === undefined ? await parquetRows(file) : await textRows(file, kind, zipped !== undefined);
  } catch (error) {
    throw new AppError(
      'INPUT_INVALID',
      isAppError(error) ? `${file}: ${error.detail}` : `${file}: ${messageOf(error)}.`,
      {
        cause: error,
      },
    );
  }
}

async function textRows(file: string, kind: string, zipped: boolean): Promise<readonly TableRow[]> {
  const bytes = await readFile(file);
  const text = (zipped ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  return kind === 'csv' ? (parse(text, { columns: true, bom: true }) as TableRow[]) : jsonLines(text);
}

async function parquetRows(file: string): Promise<readonly TableRow[]> {
  const rows: TableRow[] = [];
  for await (const group of rowGroups(file)) {
    for (let i = 0; i < group.rows; i++) rows.push(rowOf(group.columns, i));
  }
  return rows;
}

function rowOf(columns: readonly ParquetColumn[], i: number): TableRow {
  return Object.fromEntries(columns.map(({ name, values, decimal }) => [name, jsonValue(values[i], decimal)]));
}

function jsonLines(text: string): readonly TableRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return [row as TableRow];
    throw new TypeError(`line ${i + 1} is no JSON object`);
  });
}
