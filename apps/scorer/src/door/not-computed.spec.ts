import { ManualExecutor } from '@millrace/batching/testing';
import { SystemClock } from '@millrace/core';
import type { ModelPort, SubmitOptions } from '@millrace/inference';
import { inThreadModel } from '@millrace/inference/testing';
import { INFERENCE_PROTO } from '@millrace/open-inference';
import { encodeRequest } from '@millrace/open-inference/testing';
import type { Service } from '@millrace/platform';
import { GrpcClient, grpcStatus } from '@millrace/platform/testing';
import { makeTensor, writeRaw } from '@millrace/tensors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { scriptedDoor, scriptedService } from '../testing/scripted-door.ts';

interface Asked {
  readonly parameters?: Readonly<Record<string, number>>;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

let executor: ManualExecutor<Float32Array, Float64Array>;
/** What was said of each request, by the first number of its row. */
let said: Map<number, SubmitOptions>;
let service: Service;
let url: string;
let client: GrpcClient;
beforeEach(async () => {
  executor = new ManualExecutor();
  said = new Map();
  const clock = new SystemClock();
  // batches of one row: the order in which rows leave shows
  const model = inThreadModel({ clock, executors: [executor], outputs: ['total', 'product'], batchRows: 1 });
  const score: ModelPort['score'] = (rows, how = {}) => {
    said.set(rows[0]?.[0] as number, how);
    return model.score(rows, how);
  };
  service = await scriptedService(scriptedDoor({ ...model, score }, clock));
  url = await service.open();
  client = new GrpcClient(service.grpcUrl, INFERENCE_PROTO, 'inference.GRPCInferenceService');
  // connected: a deadline does not pass on the way
  await client.call('ServerLive', {});
});
afterEach(async () => {
  client[Symbol.dispose]();
  await service.stop();
});

const row = (a: number) => makeTensor('features', 'FP32', [1, 2], Float32Array.of(a, 0));

/** Asks for one row by HTTP. @returns the status; null: the client has gone */
async function rest(a: number, { parameters = {}, signal }: Asked = {}): Promise<number | null> {
  const { body } = encodeRequest([row(a)], { parameters });
  const request = { method: 'POST', body: new Uint8Array(body), ...(signal && { signal }) };
  const response = await fetch(`${url}/v2/models/model/infer`, request).catch(() => null);
  return response?.status ?? null;
}

const messageOf = (a: number, parameters: Readonly<Record<string, number>> = {}) => ({
  model_name: 'model',
  parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { int64_param: value }])),
  inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2] }],
  raw_input_contents: [writeRaw(row(a))],
});

/** Asks for one row by gRPC. @returns the status */
function grpc(a: number, { parameters, ...options }: Asked = {}): Promise<number | null> {
  return client.call('ModelInfer', messageOf(a, parameters), options).then(
    () => grpcStatus.OK,
    ({ code }: { readonly code: number }) => code,
  );
}

/** The executor has all that it takes: one row runs, one lies ready, and others wait. */
async function busy(): Promise<readonly Promise<number | null>[]> {
  const asked = [rest(1), rest(2)];
  await expect.poll(() => executor.held.length).toBe(2);
  return asked;
}

async function waits(a: number): Promise<void> {
  await expect.poll(() => said.has(a)).toBe(true);
}

/** Ends so many batches, one after the other; what was in them. */
async function computed(batches: number): Promise<readonly number[]> {
  const found: number[] = [];
  while (found.length < batches) {
    await expect.poll(() => executor.held.length).toBeGreaterThan(0);
    const { rows, finish } = executor.next();
    found.push(...rows.map((vector) => vector[0] as number));
    finish(rows.map(() => Float64Array.of(0, 0)));
  }
  return found;
}

const DOORS = [
  { door: 'rest', ask: rest, ok: 200, expired: 504, gone: null },
  { door: 'grpc', ask: grpc, ok: grpcStatus.OK, expired: grpcStatus.DEADLINE_EXCEEDED, gone: grpcStatus.CANCELLED },
] as const;

describe.each(DOORS)('a request by $door', ({ door, ask, ok, expired, gone }) => {
  it('is not computed when its timeout has passed before', async () => {
    const others = await busy();
    expect(await ask(7, { parameters: { timeout: 2000 } })).toBe(expired);
    const last = ask(8);
    await waits(8);
    expect(await computed(3)).toEqual([1, 2, 8]);
    expect(await Promise.all([...others, last])).toEqual([200, 200, ok]);
  });

  it('is not computed when its client has gone', async () => {
    const others = await busy();
    const leave = new AbortController();
    const left = ask(7, { signal: leave.signal });
    await waits(7);
    leave.abort();
    expect(await left).toBe(gone);
    await expect.poll(() => said.get(7)?.signal?.aborted).toBe(true);
    const last = ask(8);
    await waits(8);
    expect(await computed(3)).toEqual([1, 2, 8]);
    expect(await Promise.all([...others, last])).toEqual([200, 200, ok]);
    expect(said.get(8)).toMatchObject({ source: door, priority: 'normal' });
  });

  it('goes before others of a lower priority', async () => {
    const others = await busy();
    const asked: Promise<number | null>[] = [];
    for (const [a, priority] of [
      [7, 3],
      [8, 2],
      [9, 1],
    ] as const) {
      asked.push(ask(a, { parameters: { priority } }));
      await waits(a);
    }
    expect(await computed(5)).toEqual([1, 2, 9, 8, 7]);
    expect(await Promise.all([...others, ...asked])).toEqual([200, 200, ok, ok, ok]);
  });
});

describe('a gRPC deadline', () => {
  it('holds for the rows that wait, also on a stream', async () => {
    const others = await busy();
    expect(await grpc(7, { deadlineMs: 200 })).toBe(grpcStatus.DEADLINE_EXCEEDED);
    const stream = client.stream('ModelStreamInfer', { deadlineMs: 200 });
    const ended = new Promise<number>((resolve) =>
      stream.on('error', ({ code }: { readonly code?: number }) => resolve(code ?? -1)),
    );
    stream.on('data', () => undefined);
    stream.write(messageOf(8));
    expect(await ended).toBe(grpcStatus.DEADLINE_EXCEEDED);
    expect(said.get(7)?.deadlineMs).toBeLessThanOrEqual(200);
    expect(said.get(8)?.deadlineMs).toBeLessThanOrEqual(200);
    const last = grpc(9);
    await waits(9);
    expect(await computed(3)).toEqual([1, 2, 9]);
    expect(await Promise.all([...others, last])).toEqual([200, 200, grpcStatus.OK]);
  });

  it('that a stream is cancelled holds for all its rows that wait', async () => {
    const others = await busy();
    const stream = client.stream('ModelStreamInfer');
    stream.on('error', () => undefined);
    for (const a of [7, 8]) stream.write(messageOf(a));
    await waits(8);
    stream.cancel();
    await expect.poll(() => said.get(8)?.signal?.aborted).toBe(true);
    const last = grpc(9);
    await waits(9);
    expect(await computed(3)).toEqual([1, 2, 9]);
    expect(await Promise.all([...others, last])).toEqual([200, 200, grpcStatus.OK]);
  });
});
