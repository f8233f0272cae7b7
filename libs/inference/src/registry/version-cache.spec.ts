import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { ManualClock } from '@millrace/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { holdFolder } from './cache-sweep.ts';
import { VersionCache } from './version-cache.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the models here; each has a `model.json` of a few bytes beside it. */
const MODEL_BYTES = 1000;

describe('VersionCache', () => {
  let folder: string;
  let clock: ManualClock;
  let cache: VersionCache;
  let fetched: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'model-cache-'));
    clock = new ManualClock(Date.UTC(2026, 0, 1));
    cache = new VersionCache(folder, 2.5 * MODEL_BYTES, clock);
    fetched = [];
  });

  afterEach(() => rm(folder, { recursive: true }));

  const take = (name: string): Promise<string> =>
    cache.folderOf({
      card: JSON.stringify({ name }),
      files: [{ name: 'model.onnx', bytes: MODEL_BYTES }],
      shown: (file) => file,
      fetch: async (_file, target) => {
        fetched.push(name);
        await writeFile(target, Buffer.alloc(MODEL_BYTES));
      },
    });
  /** Long after the one before. */
  const takeNext = async (name: string): Promise<string> => {
    clock.advance(DAY_MS);
    return take(name);
  };
  const mark = async (of: string, name: string): Promise<void> => {
    await writeFile(join(of, name), '');
    await utimes(join(of, name), clock.now() / 1000, clock.now() / 1000);
    await utimes(of, clock.now() / 1000, clock.now() / 1000);
  };
  const there = async (): Promise<readonly string[]> => (await readdir(folder)).toSorted();
  const names = (...folders: readonly string[]): readonly string[] => folders.map((one) => basename(one)).toSorted();

  it('holds what was used last, within its bytes, and fetches again what had to go', async () => {
    const a = await takeNext('a');
    await takeNext('b');
    await takeNext('a');
    const c = await takeNext('c');
    expect(await there()).toEqual(names(a, c));
    const b = await takeNext('b');
    expect([fetched, await there()]).toEqual([['a', 'b', 'c', 'b'], names(b, c)]);
  });

  it('keeps what a process has loaded, whatever it takes, until it lets it go', async () => {
    const a = await takeNext('a');
    const [letGo, letGoToo] = [await holdFolder(a), await holdFolder(a)];
    await utimes(a, 0, 0);
    await takeNext('b');
    const [c, d] = [await takeNext('c'), await takeNext('d')];
    expect(await there()).toEqual(names(a, c, d));
    await letGo();
    await utimes(a, 0, 0);
    const e = await takeNext('e');
    expect(await there()).toEqual(names(a, d, e));
    await letGoToo();
    await utimes(a, 0, 0);
    const f = await takeNext('f');
    expect(await there()).toEqual(names(e, f));
  });

  it('keeps what was used within the hour: somebody may be about to load it', async () => {
    clock.advance(DAY_MS);
    const [a, b] = [await take('a'), await take('b')];
    clock.advance(HOUR_MS - 1);
    const c = await take('c');
    expect(await there()).toEqual(names(a, b, c));
    clock.advance(1);
    const d = await take('d');
    expect(await there()).toEqual(names(c, d));
  });

  it('keeps nothing for a process that has ended, and what another machine holds for a week', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    await mark(await takeNext('a'), `.held-${hostname()}.${ended.pid}.1`);
    const b = await takeNext('b');
    await mark(b, '.held-elsewhere.1.1');
    const [c, d] = [await takeNext('c'), await takeNext('d')];
    expect(await there()).toEqual(names(b, c, d));
    clock.advance(7 * DAY_MS);
    const e = await takeNext('e');
    expect(await there()).toEqual(names(d, e));
  });

  it('touches nothing that it did not put there', async () => {
    const thesis = join(folder, 'thesis');
    await mkdir(thesis);
    await writeFile(join(thesis, 'chapter-1.tex'), Buffer.alloc(3 * MODEL_BYTES));
    await utimes(thesis, 0, 0);
    const a = await takeNext('a');
    expect(await there()).toEqual(names(a, thesis));
  });

  it('removes what a process has left behind that ended while it fetched', async () => {
    const left = join(folder, '.fetching-1');
    await mkdir(left);
    await mark(left, 'model.onnx');
    await writeFile(join(left, 'model.onnx'), Buffer.alloc(2 * MODEL_BYTES));
    const a = await takeNext('a');
    expect(await there()).toEqual(names(a));
  });
});
