import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openRegistry } from './model-registry.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function add(
  name: string,
  version: string,
  files: Record<string, string> = { 'model.onnx': 'bytes' },
): Promise<void> {
  const at = join(folder, name, version);
  await mkdir(at, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(at, file), text);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('openRegistry', () => {
  it('orders versions by their numbers and takes the newest for none', async () => {
    for (const version of ['10', '9', '1.10', '1.9']) await add('delay', version);
    const registry = openRegistry(folder);
    expect(await registry.versions('delay')).toEqual(['1.9', '1.10', '9', '10']);
    expect(await registry.resolve('delay', null)).toMatchObject({ name: 'delay', version: '10' });
  });

  it('does not count a folder without a model as a version', async () => {
    await add('delay', '1');
    await add('delay', '2', { 'notes.txt': '' });
    expect(await openRegistry(folder).versions('delay')).toEqual(['1']);
  });

  it('tells which files a version has', async () => {
    const card = { features: ['a'], sha256: sha256('bytes').toUpperCase(), other: 1 };
    await add('delay', '1', { 'model.onnx': 'bytes', 'model.json': JSON.stringify(card), 'profile.json': '{}' });
    expect(await openRegistry(folder).resolve('delay', '1')).toEqual({
      name: 'delay',
      version: '1',
      modelFile: join(folder, 'delay', '1', 'model.onnx'),
      profileFile: join(folder, 'delay', '1', 'profile.json'),
      card: { features: ['a'], sha256: sha256('bytes'), nan: true, deterministic: true },
    });
  });

  it('does without model.json and profile.json', async () => {
    await add('delay', '1');
    expect(await openRegistry(folder).resolve('delay', '1')).toMatchObject({ profileFile: null, card: null });
  });

  it.each([
    ['delays', null, 'there is no model delays in', 'There is arrival-delay, delay, price; the nearest is delay.'],
    ['delay', '3', 'there is no version 3 of delay in', 'There is 1, 2; the nearest is 1.'],
    ['price', null, 'there is no version with a model.onnx of price in', 'the folder holds none.'],
    ['../delay', null, 'there is no model ../delay in', 'the nearest is delay.'],
  ])('says what there is when %s %s is not', async (name, version, ...said) => {
    await add('arrival-delay', '1');
    await add('delay', '1');
    await add('delay', '2');
    await add('price', '1', {});
    const error = await openRegistry(folder)
      .resolve(name, version)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    for (const text of said) expect(String(error)).toContain(text);
  });

  it('says which folder is missing', async () => {
    const missing = join(folder, 'no');
    await expect(openRegistry(missing).resolve('delay', null)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      detail: expect.stringContaining(missing),
    });
  });

  it.each([
    ['another checksum', JSON.stringify({ sha256: sha256('other') }), sha256('bytes')],
    ['no JSON', '{', 'it is not JSON'],
    ['a list', '[]', 'it must be a JSON object'],
    ['a deterministic that is neither', '{"deterministic":1}', 'deterministic must be true or false'],
    ['a nan that is neither true nor false', '{"nan":"no"}', 'nan must be true or false'],
    ['wrong features', '{"features":[1]}', 'features must be a list of texts'],
  ])('refuses a model.json with %s', async (_, card, said) => {
    await add('delay', '1', { 'model.onnx': 'bytes', 'model.json': card });
    await expect(openRegistry(folder).resolve('delay', '1')).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: expect.stringContaining(said),
    });
  });
});
