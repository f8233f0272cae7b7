import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const context = recordedContext();
  const code = await runProgram(args, context);
  return { code, out: context.out(), err: context.err() };
}

describe('millrace init', () => {
  it('writes a pipeline that check finds right, named as its folder, with a model, a profile and events', async () => {
    const dir = join(folder, 'My Rides');
    const { code, out } = await run('init', dir, '--json');
    expect(code).toBe(0);
    const { name, files } = JSON.parse(out) as { name: string; files: readonly string[] };
    expect(name).toBe('my-rides');
    expect(files).toContain(join(dir, 'models', 'duration', '1', 'profile.json'));
    await Promise.all(files.map((file) => readFile(file)));
    const checked = await run('check', join(dir, 'pipeline.yaml'));
    expect([checked.code, checked.out]).toEqual([0, expect.stringContaining('my-rides.events')]);
    expect(checked.out).toContain('which fits the vector');
    const features = await run(
      'features',
      join(dir, 'pipeline.yaml'),
      join(dir, 'events.jsonl'),
      '--out',
      `${dir}.csv`,
    );
    expect([features.code, features.err]).toEqual([0, expect.stringContaining('150 rows written')]);
  });

  it.each([
    ['pipeline.yaml', 'mine'],
    ['models', null],
  ])('writes over nothing: with %s in the folder it refuses', async (name, content) => {
    await (content === null ? mkdir(join(folder, name)) : writeFile(join(folder, name), content));
    const { code, err } = await run('init', folder);
    expect([code, err]).toEqual([2, expect.stringContaining(`has ${name} already`)]);
    expect(await readdir(folder)).toEqual([name]);
  });

  it('says where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, err } = await run('init', join(folder, 'file', 'below'));
    expect([code, err]).toEqual([1, expect.stringContaining('OUTPUT_FAILED')]);
  });
});
