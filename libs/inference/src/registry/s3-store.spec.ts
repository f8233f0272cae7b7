import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { NewFile } from './model-store.ts';
import { S3Store } from './s3-store.ts';

const VERSION = { version: '1', changedAt: 0, files: [{ name: 'model.onnx', bytes: 5 }] };
const NEW = new Map<string, NewFile>([['model.onnx', { text: 'm' }]]);

/** Pauses are noted and take no time; time limits are over when a test says so. */
class HastyClock extends SystemClock {
  readonly pausesMs: number[] = [];
  endLimit: () => void = () => undefined;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal)
      return new Promise((resolve) => {
        this.endLimit = resolve;
      });
    this.pausesMs.push(ms);
    return Promise.resolve();
  }

  override random(): number {
    return 1;
  }
}

/** A store that fails as the network and its servers do: it gives its answers in turn, and says what it was asked. */
describe('S3Store, where the store or the way to it fails', () => {
  type Answer = (response: ServerResponse) => unknown;
  let server: Server;
  let answers: Answer[];
  let asked: string[];
  let folder: string;
  let clock: HastyClock;
  let store: S3Store;

  beforeEach(async () => {
    [answers, asked, clock] = [[], [], new HastyClock()];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => (answers.shift() as Answer)(response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    folder = await mkdtemp(join(tmpdir(), 'cache-'));
    const { port } = server.address() as AddressInfo;
    const s3 = { endpoint: `http://127.0.0.1:${port}`, region: 'r', credentials: null };
    store = new S3Store('s3://bucket/p', { s3, cacheFolder: folder, cacheBytes: 2 ** 30 }, clock);
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const refuse = (status: number, code: string): Answer => {
    return (response) =>
      response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  };
  const give = (text: string): Answer => {
    return (response) => response.end(text);
  };
  const hangUp: Answer = (response) => response.destroy();
  const cutShort: Answer = (response) => {
    response.writeHead(200, { 'content-length': 5 });
    response.write('who', () => response.destroy());
  };

  it('asks again, later each time, what failed for a passing reason', async () => {
    answers = [refuse(503, 'SlowDown'), hangUp, refuse(500, 'InternalError'), give('{"a":1}')];
    expect(await store.read('delay', '1', 'model.json')).toBe('{"a":1}');
    expect(asked).toEqual(Array(4).fill('GET /bucket/p/delay/1/model.json'));
    expect(clock.pausesMs).toEqual([250, 1000, 4000]);
  });

  it('asks a store again that does not answer within a minute', async () => {
    answers = [() => clock.endLimit(), () => clock.endLimit(), give('{}')];
    expect(await store.read('delay', '1', 'model.json')).toBe('{}');
    answers = Array(4).fill(() => clock.endLimit());
    await expect(store.read('delay', '1', 'model.json')).rejects.toMatchObject({
      detail: expect.stringContaining('no answer within 60 s'),
    });
  });

  it('gives up in the end, and says where the store was looked for', async () => {
    answers = Array(4).fill(refuse(503, 'SlowDown'));
    await expect(store.read('delay', '1', 'model.json')).rejects.toMatchObject({
      code: 'MODEL_STORE_UNREACHABLE',
      detail: expect.stringMatching(
        /^s3:\/\/bucket\/p at http:\/\/127.*, reading delay\/1\/model\.json: it answered 503 SlowDown, "no"\. AWS_ENDPOINT_URL/,
      ),
    });
    server.close();
    server.closeAllConnections();
    await expect(store.models()).rejects.toMatchObject({
      code: 'MODEL_STORE_UNREACHABLE',
      detail: expect.stringContaining('listing models: fetch failed (ECONNREFUSED)'),
    });
  });

  it('does not ask again what will be refused again', async () => {
    answers = [refuse(403, 'AccessDenied'), refuse(400, 'ExpiredToken')];
    await expect(store.models()).rejects.toMatchObject({ code: 'MODEL_STORE_DENIED' });
    await expect(store.models()).rejects.toMatchObject({ code: 'MODEL_STORE_FAILED' });
    expect(asked).toHaveLength(2);
  });

  it('fetches a file from its beginning again that was cut short, and uses none that is not whole', async () => {
    answers = [give('{}'), cutShort, cutShort, give('whole')];
    const found = await store.checkOut('delay', VERSION);
    expect(await readFile(join(found.folder, 'model.onnx'), 'utf8')).toBe('whole');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('asks for the files of a version once, and then for its model.json alone', async () => {
    answers = [give('{}'), give('whole'), give('{}')];
    const { folder: first } = await store.checkOut('delay', VERSION);
    expect((await store.checkOut('delay', VERSION)).folder).toBe(first);
    const [card, model] = ['model.json', 'model.onnx'].map((name) => `GET /bucket/p/delay/1/${name}`);
    expect(asked).toEqual([card, model, card]);
  });

  it('keeps nothing of a version whose file is shorter than it was listed', async () => {
    answers = [give('{}'), give('who')];
    await expect(store.checkOut('delay', VERSION)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: expect.stringContaining('s3://bucket/p/delay/1/model.onnx has 5 bytes; 3 came'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows its own object again, when the answer to putting it was lost', async () => {
    const there =
      (sha256: string): Answer =>
      (response) =>
        response
          .writeHead(200, {
            'last-modified': new Date(0).toUTCString(),
            'content-length': 1,
            etag: 'e',
            'x-amz-meta-sha256': sha256,
          })
          .end();
    const own = '62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a';
    answers = [hangUp, refuse(412, 'PreconditionFailed'), there(own)];
    expect(await store.add('delay', '1', NEW)).toBe(true);
    answers = [refuse(412, 'PreconditionFailed'), there('another')];
    expect(await store.add('delay', '1', NEW)).toBe(false);
  });

  it('puts model.json last, and nothing after what it could not put', async () => {
    const files = new Map<string, NewFile>([['model.json', { text: '{}' }], ...NEW, ['data', { text: 'd' }]]);
    answers = Array(3).fill(give(''));
    expect(await store.add('delay', '1', files)).toBe(true);
    answers = [give(''), refuse(403, 'AccessDenied')];
    await expect(store.add('delay', '2', files)).rejects.toMatchObject({ code: 'MODEL_STORE_DENIED' });
    expect(asked.map((one) => one.replace('PUT /bucket/p/delay/', ''))).toEqual([
      '1/model.onnx',
      '1/data',
      '1/model.json',
      '2/model.onnx',
      '2/data',
    ]);
  });

  it('says which settings are wrong', () => {
    const temporary = { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: null };
    const s3 = { endpoint: null, region: 'r', credentials: temporary };
    expect(() => new S3Store('s3://bucket', { s3, cacheFolder: folder, cacheBytes: 2 ** 30 }, clock)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', detail: expect.stringContaining('session token') }),
    );
  });
});
