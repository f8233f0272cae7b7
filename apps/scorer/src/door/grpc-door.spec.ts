import { createServer } from 'node:net';

import { Overloaded, type ModelPort } from '@millrace/inference';
import { INFERENCE_PROTO } from '@millrace/open-inference';
import type { Service } from '@millrace/platform';
import { GrpcClient, grpcStatus, HEALTH_PROTO, type GrpcRefusal } from '@millrace/platform/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { scriptedDoor, scriptedModel, scriptedService } from '../testing/scripted-door.ts';

const NAME = 'inference.GRPCInferenceService';
const KEY = { metadata: { authorization: 'Bearer secret' } };
const ROW = {
  model_name: 'model',
  inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2], contents: { fp32_contents: [1, 2] } }],
};

let running: { service: Service; clients: GrpcClient[] } | null = null;
afterEach(async () => {
  for (const client of running?.clients ?? []) client[Symbol.dispose]();
  await running?.service.stop();
  running = null;
});

async function opened(model?: ModelPort, keys?: readonly string[]) {
  const service = await scriptedService(scriptedDoor(model), keys);
  await service.open();
  const client = new GrpcClient(service.grpcUrl, INFERENCE_PROTO, NAME);
  const health = new GrpcClient(service.grpcUrl, HEALTH_PROTO, 'grpc.health.v1.Health');
  running = { service, clients: [client, health] };
  return { service, client, health };
}

const refusalOf = (call: Promise<unknown>): Promise<GrpcRefusal> =>
  call.then(
    () => Promise.reject(new Error('it was answered')),
    (error: GrpcRefusal) => error,
  );
const codeOf = async (call: Promise<unknown>): Promise<number> => (await refusalOf(call)).code;
const streamed = (client: GrpcClient, options?: typeof KEY): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const stream = client.stream('ModelStreamInfer', options);
    stream.on('data', resolve).on('error', reject);
    stream.write(ROW);
    stream.end();
  });

describe('a gRPC door with keys', () => {
  it('answers probes to everybody, the rest to those who have one', async () => {
    const { client, health } = await opened(undefined, ['secret']);
    const closed: readonly [string, object][] = [
      ['ServerMetadata', {}],
      ['ModelReady', { name: 'model' }],
      ['ModelMetadata', { name: 'model' }],
      ['ModelConfig', { name: 'model' }],
      ['ModelStatistics', {}],
      ['ModelInfer', ROW],
      ['RepositoryIndex', {}],
    ];
    for (const [method, message] of closed) {
      expect([method, await codeOf(client.call(method, message))]).toEqual([method, grpcStatus.UNAUTHENTICATED]);
      expect(await client.call(method, message, KEY)).toEqual(expect.any(Object));
    }
    for (const method of ['RepositoryModelLoad', 'RepositoryModelUnload'])
      expect(await codeOf(client.call(method, {}))).toBe(grpcStatus.UNAUTHENTICATED);
    expect(await codeOf(streamed(client))).toBe(grpcStatus.UNAUTHENTICATED);
    expect(await streamed(client, KEY)).toMatchObject({ infer_response: { model_name: 'model' } });
    expect(await client.call('ServerReady', {})).toEqual({ ready: true });
    expect(await health.call('Check', { service: '' })).toEqual({ status: 'SERVING' });
  });

  it('reads nothing of those who have none', async () => {
    const { client } = await opened(undefined, ['secret']);
    expect(await codeOf(client.call('ModelInfer', Buffer.from([0xff])))).toBe(grpcStatus.UNAUTHENTICATED);
  });
});

describe('a gRPC door', () => {
  it("speaks gRPC's own health protocol", async () => {
    const { health } = await opened();
    for (const service of ['', NAME]) expect(await health.call('Check', { service })).toEqual({ status: 'SERVING' });
    expect(await refusalOf(health.call('Check', { service: 'x' }))).toMatchObject({
      code: grpcStatus.NOT_FOUND,
      details: expect.stringContaining(NAME),
    });
  });

  it('has no methods but those of its file', async () => {
    const { client } = await opened();
    expect(await codeOf(client.unknown('SystemSharedMemoryStatus'))).toBe(grpcStatus.UNIMPLEMENTED);
  });

  it('says when to come again where too much waits', async () => {
    const score = () => Promise.reject(new Overloaded('2 rows wait already.', 1500));
    const { client } = await opened({ ...scriptedModel(), score });
    const { code, metadata } = await refusalOf(client.call('ModelInfer', ROW));
    expect([code, metadata.get('grpc-retry-pushback-ms'), metadata.get('millrace-code')]).toEqual([
      grpcStatus.RESOURCE_EXHAUSTED,
      ['1500'],
      ['OVERLOADED'],
    ]);
  });

  it('tells nothing of what was not foreseen', async () => {
    const { client } = await opened({ ...scriptedModel(), score: () => Promise.reject(new TypeError('inner')) });
    expect(await refusalOf(client.call('ModelInfer', ROW))).toMatchObject({
      code: grpcStatus.INTERNAL,
      details: 'Internal Server Error',
    });
  });

  it('of a service that has failed is neither ready nor asked any more', async () => {
    const { service, client, health } = await opened();
    service.fail(new Error('gone'));
    expect(await client.call('ServerLive', {})).toEqual({ live: false });
    expect(await client.call('ServerReady', {})).toEqual({ ready: false });
    expect(await client.call('ModelReady', { name: 'model' })).toEqual({ ready: false });
    expect(await health.call('Check', {})).toEqual({ status: 'NOT_SERVING' });
    expect(await codeOf(client.call('ModelInfer', ROW))).toBe(grpcStatus.UNAVAILABLE);
  });

  it('finishes a call that is open when it closes, and takes no more', async () => {
    let finish = (): void => undefined;
    const model = scriptedModel();
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let came = false;
    const score: ModelPort['score'] = async (rows, how) => {
      came = true;
      await held;
      return model.score(rows, how);
    };
    const { service, client } = await opened({ ...model, score });
    const asked = client.call('ModelInfer', ROW);
    await expect.poll(() => came).toBe(true);
    const stopped = service.stop();
    await expect.poll(() => codeOf(client.call('ModelInfer', ROW))).toBe(grpcStatus.UNAVAILABLE);
    finish();
    expect(await asked).toMatchObject({ model_name: 'model' });
    await stopped;
    expect(await codeOf(client.call('ServerLive', {}))).toBe(grpcStatus.UNAVAILABLE);
  });

  it('does not wait for ever for a stream that its client leaves open', async () => {
    const { service, client } = await opened();
    const stream = client.stream('ModelStreamInfer');
    const ended = new Promise((resolve) => stream.on('error', resolve));
    const answered = new Promise((resolve) => stream.once('data', resolve));
    stream.write(ROW);
    await answered;
    await service.stop();
    expect(await ended).toMatchObject({ code: expect.any(Number) });
  });

  it('names the port that is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const service = await scriptedService(scriptedDoor(), [], port);
    await expect(service.open()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringMatching(new RegExp(`127.0.0.1:${port} already.*--grpc`)),
    });
    await service.stop();
    squatter.close();
  });
});
