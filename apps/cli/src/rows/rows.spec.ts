import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { Cell, Column } from './column.ts';
import { outputError } from './output-file.ts';
import { rowEncodingOf } from './row-encoding-of.ts';
import { writeRows } from './write-rows.ts';

const COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'a "b", c', kind: 'text' },
  { name: 'n', kind: 'float64' },
];
const ROWS: readonly (readonly Cell[])[] = [
  ['x,y', 'line\nbreak "quoted"', 0.1],
  ['', null, -1e-7],
];

async function* given(rows = ROWS): AsyncGenerator<readonly Cell[]> {
  yield* rows;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rows-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const forever = new AbortController().signal;

describe('rows in files', () => {
  it('read back from CSV by any reader, gzipped by name', async () => {
    const file = join(await folder(), 'out.csv.gz');
    expect(await writeRows(file, rowEncodingOf(file, COLUMNS), given(), forever)).toBe(2);
    expect(parse(gunzipSync(await readFile(file)))).toEqual([
      COLUMNS.map(({ name }) => name),
      ['x,y', 'line\nbreak "quoted"', '0.1'],
      ['', '', '-1e-7'],
    ]);
  });

  it('are JSON lines with a null for what is not there', async () => {
    const file = join(await folder(), 'out.jsonl');
    await writeRows(file, rowEncodingOf(file, COLUMNS), given(), forever);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))[1]).toEqual({ id: '', 'a "b", c': null, n: -1e-7 });
  });

  it('refuse what cannot be written, in words', async () => {
    expect(() => rowEncodingOf('out.parquet.gz', [])).toThrow(/compressed inside/);
    expect(() => rowEncodingOf('out.txt', [])).toThrow(/must end in/);
    const path = await folder();
    const file = join(path, 'nosuch', 'out.csv');
    await expect(writeRows(file, rowEncodingOf(file, COLUMNS), given(), forever)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      detail: `${file}: there is no folder ${join(path, 'nosuch')}; make it first.`,
    });
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' });
    expect(outputError('out.csv', full)).toMatchObject({
      detail: expect.stringContaining('out.csv: the disk is full'),
    });
  });

  it('refuse the name of a folder before any is made', async () => {
    const path = join(await folder(), 'out.csv');
    await mkdir(path);
    let made = false;
    const rows = async function* (): AsyncGenerator<readonly Cell[]> {
      made = true;
      yield* ROWS;
    };
    await expect(writeRows(path, rowEncodingOf(path, COLUMNS), rows(), forever)).rejects.toThrow(/it is a folder/);
    expect(made).toBe(false);
  });

  it('are made by nobody any more once they are interrupted', async () => {
    const file = join(await folder(), 'out.csv');
    const stop = new AbortController();
    let ended = false;
    const endless = async function* (): AsyncGenerator<readonly Cell[]> {
      try {
        for (let i = 0; ; i++) {
          if (i === 100_000) stop.abort();
          yield ROWS[0]!;
        }
      } finally {
        // longer than it takes to remove what was written
        await setTimeout(50);
        ended = true;
      }
    };
    const writing = writeRows(file, rowEncodingOf(file, COLUMNS), endless(), stop.signal);
    await expect(writing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(ended).toBe(true);
  });

  it('leave no file behind when they break off', async () => {
    const path = await folder();
    const file = join(path, 'out.csv');
    const broken = async function* (): AsyncGenerator<readonly Cell[]> {
      yield ROWS[0]!;
      throw new Error('broken off');
    };
    await expect(writeRows(file, rowEncodingOf(file, COLUMNS), broken(), forever)).rejects.toThrow('broken off');
    expect(await readdir(path)).toEqual([]);
  });
});
