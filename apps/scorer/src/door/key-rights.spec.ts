import { INFERENCE_PROTO } from '@millrace/open-inference';
import type { Service } from '@millrace/platform';
import { GrpcClient, grpcStatus, type GrpcRefusal } from '@millrace/platform/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { scriptedDoor, scriptedService } from '../testing/scripted-door.ts';

const INFER = { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] };
const CALL = [{ name: 'features', datatype: 'FP32', shape: [1, 2], contents: { fp32_contents: [1, 2] } }];

describe('keys with rights', () => {
  let service: Service;
  let url: string;
  let client: GrpcClient;

  beforeAll(async () => {
    const keys = [
      'all',
      'mine=mine;models=model',
      'other=other;models=other',
      'sends=sends;events=ask',
      'rare;rate=1/m',
    ];
    service = await scriptedService(scriptedDoor(), keys);
    url = await service.open();
    client = new GrpcClient(service.grpcUrl, INFERENCE_PROTO, 'inference.GRPCInferenceService');
  });
  afterAll(async () => {
    client[Symbol.dispose]();
    await service.stop();
  });

  const ask = (key: string, method: string, path: string): Promise<Response> =>
    fetch(`${url}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(method === 'POST' && { body: JSON.stringify(INFER) }),
    });
  const call = (key: string, method: string, message: object): Promise<number> =>
    client.call(method, message, { metadata: { authorization: `Bearer ${key}` } }).then(
      () => grpcStatus.OK,
      ({ code }: GrpcRefusal) => code,
    );

  it.each([
    ['GET', '/models/model'],
    ['GET', '/models/model/ready'],
    ['GET', '/models/model/config'],
    ['GET', '/models/model/stats'],
    ['POST', '/models/model/infer'],
    ['POST', '/models/model/versions/1/infer'],
  ])('let %s %s through for that model alone', async (method, path) => {
    const statuses = await Promise.all(
      ['all', 'mine', 'other', 'sends'].map(async (key) => (await ask(key, method, path)).status),
    );
    expect(statuses).toEqual([200, 200, 403, 403]);
  });

  it.each([
    ['GET', '/models/stats'],
    ['POST', '/repository/index'],
    ['POST', '/repository/models/model/load'],
    ['POST', '/repository/models/model/unload'],
  ])('keep %s %s, which concerns all models, to keys without any', async (method, path) => {
    expect((await ask('mine', method, path)).status).toBe(403);
    expect((await ask('all', method, path)).status).not.toBe(403);
  });

  it.each([
    ['ModelReady', { name: 'model' }],
    ['ModelMetadata', { name: 'model' }],
    ['ModelConfig', { name: 'model' }],
    ['ModelStatistics', { name: 'model' }],
    ['ModelInfer', { model_name: 'model', inputs: CALL }],
  ])('let %s through for that model alone', async (method, message) => {
    const codes = await Promise.all(['all', 'mine', 'other', 'sends'].map((key) => call(key, method, message)));
    const { OK, PERMISSION_DENIED } = grpcStatus;
    expect(codes).toEqual([OK, OK, PERMISSION_DENIED, PERMISSION_DENIED]);
  });

  it.each(['ModelStatistics', 'RepositoryIndex', 'RepositoryModelLoad', 'RepositoryModelUnload'])(
    'keep %s of all models to keys without any',
    async (method) => {
      expect(await call('mine', method, {})).toBe(grpcStatus.PERMISSION_DENIED);
      expect(await call('all', method, {})).not.toBe(grpcStatus.PERMISSION_DENIED);
    },
  );

  it('limit each message of a stream', async () => {
    const stream = client.stream('ModelStreamInfer', { metadata: { authorization: 'Bearer other' } });
    const answer = new Promise((resolve, reject) => stream.on('data', resolve).on('error', reject));
    stream.write({ model_name: 'model', inputs: CALL });
    stream.end();
    expect(await answer).toMatchObject({ error_message: expect.stringContaining('this key may ask other') });
  });

  it('are turned away when they come too often, with the time to come again', async () => {
    expect((await ask('rare', 'GET', '')).status).toBe(200);
    const again = await ask('rare', 'GET', '');
    expect([again.status, again.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await call('rare', 'ServerMetadata', {})).toBe(grpcStatus.RESOURCE_EXHAUSTED);
    expect(await call('rare', 'ServerReady', {})).toBe(grpcStatus.OK);
  });
});
