import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { modelStoreContract } from '../testing/model-store-contract.ts';
import { FolderStore } from './folder-store.ts';
import type { NewFile } from './model-store.ts';
import { storeFailure } from './store-failure.ts';

modelStoreContract('a folder', async () => {
  const location = await mkdtemp(join(tmpdir(), 'store-'));
  return {
    location,
    put: async (path, bytes) => {
      await mkdir(dirname(join(location, path)), { recursive: true });
      await writeFile(join(location, path), bytes);
    },
    remove: () => rm(location, { recursive: true }),
  };
});

describe('storeFailure', () => {
  it('says of a full disk that it is full', async () => {
    const error: unknown = await writeFile('/dev/full', 'x').catch((thrown: unknown) => thrown);
    expect(storeFailure('x cannot be written', error)).toMatchObject({
      code: 'MODEL_STORE_FAILED',
      detail: expect.stringMatching(/^x cannot be written: ENOSPC.*The disk is full: make room\.$/),
    });
  });
});

describe('FolderStore', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const version = new Map<string, NewFile>([
    ['model.onnx', { text: 'm' }],
    ['model.json', { text: '{}' }],
  ]);

  it('is made with the first version', async () => {
    const store = new FolderStore(join(folder, 'not', 'yet'));
    expect(await store.add('delay', '1', version)).toBe(true);
    expect(await store.models()).toEqual(['delay']);
  });

  it('follows links to models, versions and files', async () => {
    const there = new FolderStore(join(folder, 'there'));
    await there.add('delay', '1', version);
    await mkdir(join(folder, 'here/other/2'), { recursive: true });
    await symlink(join(folder, 'there/delay'), join(folder, 'here/delay'));
    await symlink(join(folder, 'there/delay/1'), join(folder, 'here/other/1'));
    await symlink(join(folder, 'there/delay/1/model.onnx'), join(folder, 'here/other/2/model.onnx'));
    const here = new FolderStore(join(folder, 'here'));
    expect(await here.models()).toEqual(['delay', 'other']);
    expect((await here.versions('other')).map((one) => one.version)).toEqual(['1', '2']);
    expect((await here.versions('delay')).map((one) => one.version)).toEqual(['1']);
  });

  it('leaves nothing where a file of a version cannot be read', async () => {
    const broken = new Map<string, NewFile>([...version, ['data', { path: join(folder, 'nothing') }]]);
    const store = new FolderStore(join(folder, 'models'));
    await expect(store.add('delay', '1', broken)).rejects.toMatchObject({
      code: 'MODEL_STORE_FAILED',
      detail: expect.stringContaining(`${join(folder, 'models/delay/1')} cannot be written: ENOENT`),
    });
    expect(await readdir(join(folder, 'models/delay'))).toEqual([]);
  });

  it('says which folder cannot be written, and what to do', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const store = new FolderStore(file);
    await expect(store.add('delay', '1', version)).rejects.toMatchObject({
      code: 'MODEL_STORE_FAILED',
      detail: expect.stringMatching(/file\/delay\/1 cannot be written: ENOTDIR.*See that the disk/),
    });
  });
});
