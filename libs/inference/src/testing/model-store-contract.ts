import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { contentChecksum } from '../registry/checksum.ts';
import { openRegistry } from '../registry/model-registry.ts';
import type { ModelStore, NewFile } from '../registry/model-store.ts';
import { openModelStore, type StoreOptions } from '../registry/open-store.ts';

/** An empty place for a registry, which nobody else uses. */
export interface StorePlace {
  readonly location: string;
  readonly options?: StoreOptions;
  /** Puts a file there behind the store's back, with folders around it. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

/** What every `ModelStore` keeps, wherever it is. */
export function modelStoreContract(name: string, make: () => Promise<StorePlace>): void {
  describe(`${name} as a model store`, () => {
    let place: StorePlace;
    let store: ModelStore;
    let folder: string;

    beforeEach(async () => {
      place = await make();
      store = openModelStore(place.location, place.options);
      folder = await mkdtemp(join(tmpdir(), 'new-version-'));
    });

    afterEach(async () => {
      await rm(folder, { recursive: true });
      await place.remove();
    });

    const put = (path: string, text: string): Promise<void> => place.put(path, Buffer.from(text));
    const resolve = (model: string, version: string | null) =>
      openRegistry(place.location, place.options).resolve(model, version);
    const versions = async (model: string) => (await store.versions(model)).map(({ version }) => version);

    /** A new version whose checksums are right. */
    const filesOf = async (model: string | Uint8Array, more: Readonly<Record<string, string>> = {}) => {
      const path = join(folder, 'any.onnx');
      await writeFile(path, model);
      const sums = Object.entries(more).map(([file, text]) => [file, contentChecksum(text)]);
      const card = { sha256: contentChecksum(model), files: Object.fromEntries(sums), mine: [1, { deep: true }] };
      return new Map<string, NewFile>([
        ['model.onnx', { path }],
        ...Object.entries(more).map(([file, text]) => [file, { text }] as const),
        ['model.json', { text: JSON.stringify(card) }],
      ]);
    };

    it('has nothing at first, and then what was added, sorted, versions by their numbers', async () => {
      expect(await versions('delay')).toEqual([]);
      for (const version of ['10', '9', '1.10', '1.9'])
        expect(await store.add('delay', version, await filesOf(version))).toBe(true);
      await store.add('a-price', '1', await filesOf('p'));
      expect(await store.models()).toEqual(['a-price', 'delay']);
      expect(await versions('delay')).toEqual(['1.9', '1.10', '9', '10']);
    });

    it('does not take a model for another whose name begins alike', async () => {
      await store.add('delay', '1', await filesOf('1'));
      await store.add('delays', '2', await filesOf('2'));
      expect([await versions('delay'), await versions('dela'), await versions('delays')]).toEqual([['1'], [], ['2']]);
    });

    it('says which files a version has, how large they are, and when it came', async () => {
      const before = Date.now();
      await store.add('delay', '1', await filesOf('abc', { 'model.onnx.data': 'weights' }));
      const [version] = await store.versions('delay');
      const sizes = Object.fromEntries((version?.files ?? []).map(({ name, bytes }) => [name, bytes]));
      expect(sizes).toEqual({ 'model.onnx': 3, 'model.onnx.data': 7, 'model.json': expect.any(Number) });
      expect(Math.abs((version?.changedAt ?? 0) - before)).toBeLessThan(60_000);
    });

    it('gives back every byte of a version, external data beside the model, and the fields of its card', async () => {
      const model = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 256);
      await store.add('delay', '1', await filesOf(model, { 'weights.bin': 'w' }));
      const { modelFile, card, profileFile } = await resolve('delay', null);
      expect(Buffer.compare(await readFile(modelFile), model)).toBe(0);
      expect(await readFile(join(modelFile, '../weights.bin'), 'utf8')).toBe('w');
      expect([card?.sha256, profileFile]).toEqual([contentChecksum(model), null]);
      const text = (await store.read('delay', '1', 'model.json')) ?? '';
      expect(JSON.parse(text)).toMatchObject({ mine: [1, { deep: true }] });
      expect(await store.read('delay', '1', 'nothing.json')).toBeNull();
    });

    it('never changes a version: another one under its name is refused, and what is there stays', async () => {
      await store.add('delay', '1', await filesOf('first'));
      expect(await store.add('delay', '1', await filesOf('second'))).toBe(false);
      expect(await store.add('delay', '1', await filesOf('second', { more: 'm' }))).toBe(false);
      expect(await readFile((await resolve('delay', '1')).modelFile, 'utf8')).toBe('first');
    });

    it('lets one of several win that add the same version at the same time, whole', async () => {
      const all = await Promise.all(
        ['a', 'b', 'c', 'd'].map(async (text) => {
          const files = new Map<string, NewFile>([
            ['model.onnx', { text }],
            ['data', { text: `${text} data` }],
            ['model.json', { text: JSON.stringify({ sha256: contentChecksum(text), by: text }) }],
          ]);
          return { text, won: await store.add('delay', '1', files) };
        }),
      );
      const winners = all.filter(({ won }) => won).map(({ text }) => text);
      expect(winners).toHaveLength(1);
      const { modelFile } = await resolve('delay', '1');
      expect(await readFile(modelFile, 'utf8')).toBe(winners[0]);
      expect(await readFile(join(modelFile, '../data'), 'utf8')).toBe(`${winners[0]} data`);
    });

    it('does not count what has no model as a version', async () => {
      await put('delay/2/model.json', '{}');
      await put('delay/3/notes.txt', '');
      expect(await versions('delay')).toEqual([]);
      await expect(resolve('delay', null)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    });

    it('refuses a version whose model was changed since, or whose data is not there, and names the file', async () => {
      await put('delay/1/model.onnx', 'other');
      await put('delay/1/model.json', JSON.stringify({ sha256: contentChecksum('said') }));
      await put('delay/2/model.onnx', 'said');
      await put('delay/2/model.json', JSON.stringify({ files: { 'model.onnx.data': contentChecksum('') } }));
      await expect(resolve('delay', '1')).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        detail: expect.stringMatching(/delay\/1\/model\.onnx has the SHA-256 .*the model\.json beside it says/),
      });
      await expect(resolve('delay', '2')).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        detail: expect.stringMatching(/delay\/2\/model\.onnx\.data cannot be read/),
      });
    });

    it.each(['.hidden', 'a b', 'delay/../other', 'other/sub', '..', ''])(
      'keeps %j, which is no name, out',
      async (name) => {
        for (const model of ['other', '.hidden', 'a b', 'other/sub']) {
          await put(`${model}/1/model.onnx`, 'm');
          await put(`${model}/1/model.json`, '{}');
        }
        expect(await store.models()).toEqual(['other']);
        expect(await versions(name)).toEqual([]);
        await expect(resolve(name, null)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
        await expect(resolve('other', name)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      },
    );

    it('does not follow a checksum out of the folder', async () => {
      await put('delay/1/model.onnx', 'm');
      await put('delay/1/model.json', JSON.stringify({ files: { '../../../etc/passwd': 'a' } }));
      await expect(resolve('delay', '1')).rejects.toMatchObject({ detail: expect.stringContaining('files must be') });
    });

    it('takes a profile later, and another one in its place', async () => {
      await store.add('delay', '1', await filesOf('m'));
      for (const text of ['{"a":1}', '{"a":2}']) {
        expect(await store.putProfile('delay', '1', text)).toBe(store.locationOf('delay', '1', 'profile.json'));
        expect(await readFile((await resolve('delay', '1')).profileFile ?? '', 'utf8')).toBe(text);
      }
    });

    it('leaves nothing half written behind', async () => {
      await store.add('delay', '1', await filesOf('m'));
      await store.add('delay', '1', await filesOf('n'));
      await store.putProfile('delay', '1', '{}');
      const { modelFile } = await resolve('delay', '1');
      for (const one of [join(modelFile, '..'), join(modelFile, '../..')])
        expect((await readdir(one)).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(await versions('delay')).toEqual(['1']);
    });
  });
}
