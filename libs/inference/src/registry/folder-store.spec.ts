import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { modelStoreContract } from '../testing/model-store-contract.ts';
import { FolderStore } from './folder-store.ts';
import { openRegistry } from './model-registry.ts';
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

  it.each(['ESTALE', 'ENOTCONN', 'EIO', 'EHOSTDOWN'])(
    'takes %s for a share that is away, and may come back',
    (code) => {
      const error = Object.assign(new Error(`${code}: it failed`), { code });
      expect(storeFailure('x cannot be read', error)).toMatchObject({
        code: 'MODEL_STORE_UNREACHABLE',
        detail: `x cannot be read: ${code}: it failed. See that what it is mounted from is there.`,
      });
    },
  );
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

  it('is away where it had models and has none, and there again when they are', async () => {
    const [share, mounted] = [join(folder, 'share'), join(folder, 'mounted')];
    await new FolderStore(share).add('delay', '1', version);
    const away = { code: 'MODEL_STORE_UNREACHABLE', detail: expect.stringContaining(`${mounted} held models`) };
    const registry = openRegistry(mounted);
    await expect(registry.resolve('delay', '1')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await symlink(share, mounted);
    await registry.resolve('delay', '1');
    await rm(mounted);
    await expect(registry.resolve('delay', '1')).rejects.toMatchObject(away);
    await mkdir(mounted);
    await expect(registry.resolve('delay', null)).rejects.toMatchObject(away);
    await expect(registry.names()).rejects.toMatchObject(away);
    await rm(mounted, { recursive: true });
    await symlink(share, mounted);
    expect((await registry.resolve('delay', null)).version).toBe('1');
    await expect(registry.resolve('other', null)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
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
