import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { secondPartFrom } from './second-part-from.ts';

async function from(name: string, bytes: number, cores: number): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'second-part-from-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, name);
  await writeFile(file, '');
  await truncate(file, bytes);
  return secondPartFrom(file, cores);
}

describe('a second thread', () => {
  it.each([
    ['year.jsonl', 20e6, 2],
    ['year.jsonl.gz', 3e6, 16],
    ['year.parquet', 3e6, 2],
  ])('takes the larger part of %s of %d bytes on %d cores', async (name, bytes, cores) => {
    expect(await from(name, bytes, cores)).toBe(0.4);
  });

  it.each([
    ['small.jsonl', 10e6, 2],
    ['small.parquet', 1e6, 2],
    ['year.jsonl', 20e6, 1],
  ])('takes nothing of %s of %d bytes on %d cores', async (name, bytes, cores) => {
    expect(await from(name, bytes, cores)).toBeNull();
  });

  it('takes nothing of a file that is not there, which whoever reads it says', async () => {
    expect(await secondPartFrom('no/such.jsonl', 2)).toBeNull();
  });
});
