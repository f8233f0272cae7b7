import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { openModelStore, openRegistry, type ModelStoreSettings } from '@millrace/inference';
import { modelStoreContract } from '@millrace/inference/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { BUCKET, READER, S3Server } from './s3-server.ts';

let server: S3Server;
let cacheFolder: string;

beforeAll(async () => {
  server = await S3Server.start();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'model-cache-'));
});
afterEach(() => rm(cacheFolder, { recursive: true, force: true }));

const clock = new SystemClock();
const newPrefix = (): string => `team/${randomUUID()}`;

modelStoreContract('a bucket of an S3 server', async () => {
  const prefix = newPrefix();
  return {
    location: `s3://${BUCKET}/${prefix}`,
    options: { settings: server.settings(cacheFolder), clock },
    put: async (path, bytes) => void (await server.client().putObject(`${prefix}/${path}`, Uint8Array.from(bytes))),
    remove: async () => undefined,
  };
});

describe('a model store in a bucket', () => {
  let prefix: string;
  let location: string;
  beforeEach(() => {
    prefix = newPrefix();
    location = `s3://${BUCKET}/${prefix}`;
  });

  const put = async (path: string, text: string): Promise<void> =>
    void (await server.client().putObject(`${prefix}/${path}`, text));
  const registry = (settings: ModelStoreSettings = server.settings(cacheFolder)) =>
    openRegistry(location, { settings, clock });
  const store = (settings: ModelStoreSettings = server.settings(cacheFolder)) =>
    openModelStore(location, { settings, clock });
  const versionOf = (text: string) =>
    new Map([
      ['model.onnx', { text }],
      ['model.json', { text: JSON.stringify({ by: text }) }],
    ]);

  it('is the bucket itself where there is no prefix', async () => {
    const whole = openModelStore(`s3://${BUCKET}`, { settings: server.settings(cacheFolder), clock });
    const model = `m${randomUUID()}`;
    await whole.add(model, '1', versionOf('m'));
    expect(await whole.models()).toContain(model);
    expect((await whole.versions(model)).map(({ version }) => version)).toEqual(['1']);
  });

  it('does not count half an upload as a version, whose model.json comes last', async () => {
    await put('delay/1/model.onnx', 'm');
    expect(await registry().versions('delay')).toEqual([]);
  });

  it('goes on with half an upload of the same files, and refuses one of others', async () => {
    const half = new Map([['model.onnx', { text: 'm' }]]);
    expect(await store().add('delay', '1', half)).toBe(true);
    expect(await store().add('delay', '1', versionOf('other'))).toBe(false);
    expect(await store().add('delay', '1', versionOf('m'))).toBe(true);
    expect(await registry().versions('delay')).toEqual(['1']);
  });

  it('lists more objects than one answer holds', async () => {
    const paths = Array.from({ length: 1050 }, (_, i) => `delay/1/part-${i}`);
    for (let from = 0; from < paths.length; from += 50)
      await Promise.all(paths.slice(from, from + 50).map((path) => put(path, '')));
    await store().add('delay', '1', versionOf('m'));
    expect((await store().versions('delay'))[0]?.files).toHaveLength(1052);
  });

  it('reads a version once, and from then on the copy of this machine', async () => {
    await store().add('delay', '1', versionOf('m'));
    const { modelFile } = await registry().resolve('delay', '1');
    await server.client().deleteObject(`${prefix}/delay/1/model.onnx`);
    await put('delay/1/model.onnx', 'n');
    expect((await registry().resolve('delay', '1')).modelFile).toBe(modelFile);
    expect(await readFile(modelFile, 'utf8')).toBe('m');
  });

  it('fetches a copy again that was spoilt since', async () => {
    const card = { sha256: '62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a' };
    await put('delay/1/model.onnx', 'm');
    await put('delay/1/model.json', JSON.stringify(card));
    const { modelFile } = await registry().resolve('delay', '1');
    for (const spoilt of ['n', '']) {
      await writeFile(modelFile, spoilt);
      await registry().resolve('delay', '1');
      expect(await readFile(modelFile, 'utf8')).toBe('m');
    }
  });

  it('keeps nothing of a version that is not as its checksums say', async () => {
    await put('delay/1/model.onnx', 'm');
    await put('delay/1/model.json', JSON.stringify({ sha256: '00' }));
    await expect(registry().resolve('delay', '1')).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: expect.stringContaining(`${location}/delay/1/model.onnx has the SHA-256 62c66a7a`),
    });
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  it('gives several that begin at the same time the same copy', async () => {
    await store().add('delay', '1', versionOf('m'));
    const all = await Promise.all(Array.from({ length: 8 }, () => registry().resolve('delay', null)));
    expect(new Set(all.map(({ modelFile }) => modelFile)).size).toBe(1);
    expect(await readdir(cacheFolder)).toHaveLength(1);
  });

  it('says who is denied what', async () => {
    await store().add('delay', '1', versionOf('m'));
    const reader = server.settings(cacheFolder, READER);
    expect((await registry(reader).resolve('delay', null)).version).toBe('1');
    const denied = (what: RegExp) => ({ code: 'MODEL_STORE_DENIED', detail: expect.stringMatching(what) });
    await expect(store(reader).add('delay', '2', versionOf('m'))).rejects.toMatchObject(
      denied(/writing .*delay\/2\/model\.onnx: it answered 403 AccessDenied.*AWS_ACCESS_KEY_ID/),
    );
    const wrong = server.settings(cacheFolder, { ...READER, secretAccessKey: 'guessed' });
    await expect(registry(wrong).names()).rejects.toMatchObject(denied(/403 SignatureDoesNotMatch/));
    await expect(registry(server.settings(cacheFolder, null)).names()).rejects.toMatchObject(denied(/403/));
  });

  it('says that there is no such bucket', async () => {
    const options = { settings: server.settings(cacheFolder), clock };
    await expect(openRegistry('s3://no-such-bucket/x', options).names()).rejects.toMatchObject({
      code: 'MODEL_STORE_FAILED',
      detail: expect.stringMatching(/404 NoSuchBucket.*models: in the pipeline file says which bucket/),
    });
  });

  it('says which folder of this machine cannot keep a copy', async () => {
    await store().add('delay', '1', versionOf('m'));
    const file = join(cacheFolder, 'file');
    await writeFile(file, '');
    await expect(registry(server.settings(join(file, 'x'))).resolve('delay', null)).rejects.toMatchObject({
      code: 'MODEL_STORE_FAILED',
      detail: expect.stringMatching(/file\/x, .*MILLRACE_MODEL_CACHE.*, cannot be written: ENOTDIR/),
    });
  });
});
