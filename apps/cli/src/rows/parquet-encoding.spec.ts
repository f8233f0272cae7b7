import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Cell, Column } from './column.ts';
import { ROWS_PER_GROUP } from './parquet-encoding.ts';
import { rowEncodingOf } from './row-encoding-of.ts';
import { writeRows } from './write-rows.ts';

const COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'at', kind: 'instant' },
  { name: 'f', kind: 'float32' },
  { name: 'd', kind: 'float64' },
];

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-encoding-'));
  file = join(folder, 'out.parquet');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
  signal = new AbortController().signal,
): Promise<number> => writeRows(file, rowEncodingOf(file, COLUMNS), inTurn(rows), signal);

async function* inTurn(
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): AsyncGenerator<readonly Cell[]> {
  yield* rows;
}

const read = async (): Promise<readonly object[]> => parquetReadObjects({ file: await asyncBufferFromFile(file) });

describe('rows in a Parquet file', () => {
  it('have typed columns; null and what is no finite number are null', async () => {
    const at = Date.UTC(2013, 10, 12, 15, 59, 0, 7);
    await write([
      ['é, "quoted"', at, 0.1, 0.1],
      [null, null, Number.NaN, null],
      ['', -1, Math.fround(1e-40), Infinity],
    ]);
    expect(await read()).toEqual([
      { id: 'é, "quoted"', at: new Date(at), f: Math.fround(0.1), d: 0.1 },
      { id: null, at: null, f: null, d: null },
      { id: '', at: new Date(-1), f: Math.fround(1e-40), d: null },
    ]);
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(file));
    expect(schema.slice(1).map(({ name, type }) => [name, type])).toEqual([
      ['id', 'BYTE_ARRAY'],
      ['at', 'INT64'],
      ['f', 'FLOAT'],
      ['d', 'DOUBLE'],
    ]);
    expect(schema[2]?.logical_type).toEqual({ type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' });
  });

  it('are written group by group, while the next are still being made, and none is lost between two', async () => {
    const sizes: number[] = [];
    const many = async function* (): AsyncGenerator<readonly Cell[]> {
      for (let i = 0; i <= 2 * ROWS_PER_GROUP; i++) yield [`row ${i}`, i, i / 4, i / 8];
    };
    for await (const piece of rowEncodingOf(file, COLUMNS)(many())) sizes.push(piece.length);
    expect(sizes.length).toBe(4);
    expect(await write(many())).toBe(2 * ROWS_PER_GROUP + 1);
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(file));
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([ROWS_PER_GROUP, ROWS_PER_GROUP, 1]);
    const rows = await read();
    for (const i of [0, ROWS_PER_GROUP - 1, ROWS_PER_GROUP, 2 * ROWS_PER_GROUP])
      expect(rows[i]).toEqual({ id: `row ${i}`, at: new Date(i), f: i / 4, d: i / 8 });
  });

  it('may be none: the columns are there', async () => {
    expect(await write([])).toBe(0);
    const { schema, num_rows } = await parquetMetadataAsync(await asyncBufferFromFile(file));
    expect([schema.length, num_rows]).toEqual([5, 0n]);
  });

  it('leave no file behind when they break off, or are interrupted', async () => {
    const broken = async function* (): AsyncGenerator<readonly Cell[]> {
      for (let i = 0; i < ROWS_PER_GROUP + 1; i++) yield ['x', i, 1, 1];
      throw new Error('broken off');
    };
    await expect(write(broken())).rejects.toThrow('broken off');
    const stop = new AbortController();
    let made = 0;
    const stopped = async function* (): AsyncGenerator<readonly Cell[]> {
      for (; ; made++) {
        if (made === ROWS_PER_GROUP + 1) stop.abort();
        yield ['x', made, 1, 1];
      }
    };
    await expect(write(stopped(), stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(made).toBe(ROWS_PER_GROUP + 1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused where two columns have one name', () => {
    const twice = [...COLUMNS, { name: 'at', kind: 'float32' } as const];
    for (const name of ['out.parquet', 'out.csv', 'out.jsonl'])
      expect(() => rowEncodingOf(name, twice)).toThrow(/two columns would be called at/);
  });
});
