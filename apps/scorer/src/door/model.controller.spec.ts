import { encodeRequest } from '@millrace/open-inference/testing';
import type { Service } from '@millrace/platform';
import { makeTensor } from '@millrace/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { scriptedDoor, scriptedService } from '../testing/scripted-door.ts';

let service: Service;
let url: string;
beforeAll(async () => {
  service = await scriptedService(scriptedDoor());
  url = await service.open();
});
afterAll(() => service.stop());

const get = async (path: string): Promise<unknown> => {
  const response = await fetch(`${url}${path}`);
  return [response.status, await response.json()];
};
const post = async (path: string, body?: string): Promise<unknown> => {
  const response = await fetch(`${url}${path}`, { method: 'POST', ...(body !== undefined && { body }) });
  return [response.status, await response.json()];
};

const METADATA = {
  name: 'model',
  versions: ['1'],
  platform: 'onnxruntime_onnx',
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [
    { name: 'sum', datatype: 'FP32', shape: [-1, 1] },
    { name: 'product', datatype: 'FP64', shape: [-1] },
  ],
  properties: { execution_provider: 'cpu' },
};

describe('the Open Inference Protocol', () => {
  it.each(['/v2', '/v2/'])('says at %s what the server is', async (path) => {
    expect(await get(path)).toEqual([
      200,
      {
        name: 'millrace',
        version: '0.1.0',
        extensions: ['binary_tensor_data', 'classification', 'model_configuration', 'statistics'],
      },
    ]);
  });

  it('is live and ready while the service is, group or not', async () => {
    expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
    expect(await get('/v2/health/ready')).toEqual([200, { ready: true }]);
    expect(await get('/v2/models/model/versions/1/ready')).toEqual([200, { name: 'model', ready: true }]);
  });

  it('describes the model by its name and by its version', async () => {
    expect(await get('/v2/models/model')).toEqual([200, METADATA]);
    expect(await get('/v2/models/model/versions/1')).toEqual([200, METADATA]);
  });

  it("has Triton's configuration of it", async () => {
    expect(await get('/v2/models/model/config')).toEqual([
      200,
      {
        name: 'model',
        platform: 'onnxruntime_onnx',
        backend: 'onnxruntime',
        max_batch_size: 2000,
        input: [{ name: 'features', data_type: 'TYPE_FP32', dims: [2] }],
        output: [
          { name: 'sum', data_type: 'TYPE_FP32', dims: [1] },
          { name: 'product', data_type: 'TYPE_FP64', dims: [] },
        ],
        dynamic_batching: { preferred_batch_size: [256], max_queue_delay_microseconds: 0 },
        instance_group: [{ name: 'model', kind: 'KIND_CPU', count: 1 }],
        default_model_filename: 'model.onnx',
        parameters: { execution_provider: { string_value: 'cpu' } },
      },
    ]);
  });

  it('lists every version in the model folder, and which is ready', async () => {
    const reason = 'not loaded';
    const ready = { name: 'model', version: '1', state: 'READY', reason: '' };
    expect(await post('/v2/repository/index')).toEqual([
      200,
      [
        ready,
        { name: 'model', version: '2', state: 'UNAVAILABLE', reason },
        { name: 'other', version: '1', state: 'UNAVAILABLE', reason },
      ],
    ]);
    expect(await post('/v2/repository/index', '{"ready": true}')).toEqual([200, [ready]]);
    expect(await post('/v2/repository/index', '{"ready": 1}')).toMatchObject([400, { code: 'INFERENCE_INVALID' }]);
  });

  it('counts requests that were answered and those that were not', async () => {
    const { body } = encodeRequest([makeTensor('features', 'FP32', [1, 2], Float32Array.of(1, 2))]);
    await post('/v2/models/model/infer', body.toString());
    await post('/v2/models/model/infer', '{}');
    const stats = { inference_stats: { success: { count: 1 }, fail: { count: 1 } } };
    for (const path of ['/v2/models/model/stats', '/v2/models/model/versions/1/stats', '/v2/models/stats'])
      expect(await get(path)).toMatchObject([200, { model_stats: [{ name: 'model', version: '1', ...stats }] }]);
  });

  it.each(['', '/ready', '/config', '/stats', '/versions/2', '/versions/2/ready'])(
    'answers 404 for a model or version that is not there: %s',
    async (path) => {
      const name = path.startsWith('/versions') ? 'model' : 'models';
      expect(await get(`/v2/models/${name}${path}`)).toMatchObject([404, { code: 'MODEL_NOT_FOUND' }]);
    },
  );

  it('says in its own way, too, that there is no such path', async () => {
    expect(await get('/v2/systemsharedmemory/status')).toEqual([404, { error: expect.stringContaining('Cannot GET') }]);
    expect(await get('/v3')).toMatchObject([404, { type: 'about:blank' }]);
  });

  it.each([
    ['GET', '/v2/models/model/infer', 'POST'],
    ['GET', '/v2/models/model/versions/1/infer?x=1', 'POST'],
    ['POST', '/v2', 'GET, HEAD'],
    ['DELETE', '/v2/models/model', 'GET, HEAD'],
    ['PUT', '/v2/repository/index/', 'POST'],
  ])('answers %s %s with 405, and says that there is %s', async (method, path, allow) => {
    const response = await fetch(`${url}${path}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect(await response.json()).toEqual({ error: `found ${method}; allowed here are ${allow}.` });
  });

  it('is described in /openapi.json, every path with its parameters', async () => {
    const [, document] = (await get('/openapi.json')) as [number, { paths: Record<string, Record<string, object>> }];
    const model = ['', '/ready', '/infer', '/config', '/stats'];
    const wanted = [
      '/v2',
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models/stats',
      ...model.map((path) => `/v2/models/{model}${path}`),
      ...model.map((path) => `/v2/models/{model}/versions/{version}${path}`),
      '/v2/repository/index',
      '/v2/repository/models/{model}/load',
      '/v2/repository/models/{model}/unload',
    ];
    expect(
      Object.keys(document.paths)
        .filter((path) => path.startsWith('/v2'))
        .toSorted(),
    ).toEqual(wanted.toSorted());
    for (const path of wanted) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(document.paths[path] ?? {}))
        expect((operation as { parameters: { name: string }[] }).parameters.map(({ name }) => name)).toEqual(names);
    }
    expect(document.paths['/v2/models/{model}/infer']?.['post']).toMatchObject({
      requestBody: { content: { 'application/json': { schema: { required: ['inputs'] } } } },
      responses: { 200: expect.anything(), 429: expect.anything(), 503: expect.anything() },
    });
  });
});

describe('a door with keys', () => {
  it('answers probes to everybody, the rest to those who have one', async () => {
    const locked = await scriptedService(scriptedDoor(), ['secret']);
    const at = await locked.open();
    const status = async (path: string, method: string, authorization?: string): Promise<number> =>
      (await fetch(`${at}${path}`, { method, headers: { ...(authorization && { authorization }) } })).status;
    const closed: readonly [string, string][] = [
      ['/v2', 'GET'],
      ['/v2/models/stats', 'GET'],
      ['/v2/models/model', 'GET'],
      ['/v2/models/model/ready', 'GET'],
      ['/v2/models/model/config', 'GET'],
      ['/v2/models/model/stats', 'GET'],
      ['/v2/models/model/versions/1', 'GET'],
      ['/v2/models/model/infer', 'POST'],
      ['/v2/models/model/versions/1/infer', 'POST'],
      ['/v2/repository/index', 'POST'],
      ['/v2/repository/models/model/load', 'POST'],
    ];
    for (const [path, method] of closed) {
      expect([path, await status(path, method)]).toEqual([path, 401]);
      expect([path, await status(path, method, 'Bearer secret')]).not.toEqual([path, 401]);
    }
    for (const path of ['/v2/health/live', '/v2/health/ready']) expect(await status(path, 'GET')).toBe(200);
    const refused = await fetch(`${at}/v2`);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toMatchObject({ error: expect.any(String), code: 'UNAUTHORIZED' });
    await locked.stop();
  });
});

describe('a service that has failed', () => {
  it('is neither ready nor asked any more', async () => {
    const failing = await scriptedService(scriptedDoor());
    const at = await failing.open();
    failing.fail(new Error('gone'));
    for (const [path, method] of [
      ['/v2/health/live', 'GET'],
      ['/v2/health/ready', 'GET'],
      ['/v2/models/model/ready', 'GET'],
      ['/v2/models/model/infer', 'POST'],
    ] as const)
      expect([path, (await fetch(`${at}${path}`, { method })).status]).toEqual([path, 503]);
    await failing.stop();
  });
});
