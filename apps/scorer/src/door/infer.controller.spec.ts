import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';

import { decodeResponse, encodeRequest, type RequestForm } from '@millrace/open-inference/testing';
import type { Service } from '@millrace/platform';
import { makeTensor, type Tensor } from '@millrace/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MOST_ROWS, scriptedDoor, scriptedService } from '../testing/scripted-door.ts';

let service: Service;
let url: string;
beforeAll(async () => {
  service = await scriptedService(scriptedDoor());
  url = `${await service.open()}/v2/models/model`;
});
afterAll(() => service.stop());

const features = (...values: readonly number[]): Tensor =>
  makeTensor('features', 'FP32', [values.length / 2, 2], Float32Array.from(values));
const SUM = makeTensor('sum', 'FP32', [2, 1], Float32Array.of(3, 7));
const PRODUCT = makeTensor('product', 'FP64', [2], Float64Array.of(2, 12));

function post(
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  path = '/infer',
): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
}

function send(inputs: readonly Tensor[], form: RequestForm = {}, headers: Readonly<Record<string, string>> = {}) {
  const { body, headerLength } = encodeRequest(inputs, form);
  return post(body, {
    ...headers,
    ...(headerLength !== undefined && { 'inference-header-content-length': headerLength }),
  });
}

async function answer(response: Response) {
  const length = response.headers.get('inference-header-content-length');
  return decodeResponse(Buffer.from(await response.arrayBuffer()), length === null ? null : Number(length));
}

describe('POST /v2/models/{model}/infer', () => {
  it('answers JSON with JSON, under the names of the model, with the id', async () => {
    const response = await send([features(1, 2, 3, 4)], { id: 'r1' });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('application/json'),
    ]);
    expect(await response.json()).toEqual({
      model_name: 'model',
      model_version: '1',
      id: 'r1',
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: [2, 1], data: [3, 7] },
        { name: 'product', datatype: 'FP64', shape: [2], data: [2, 12] },
      ],
    });
  });

  it('takes and gives bytes, and the outputs that are asked for in their order', async () => {
    const outputs = [{ name: 'product', parameters: { binary_data: false } }, { name: 'sum' }];
    const form = { binaryInput: true, parameters: { binary_data_output: true }, outputs };
    const response = await send([features(1, 2, 3, 4)], form);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect((await answer(response)).outputs).toEqual([PRODUCT, SUM]);
  });

  it('takes one row as bare bytes', async () => {
    const response = await post(Buffer.from(Float32Array.of(3, 4).buffer), { 'inference-header-content-length': '0' });
    expect((await answer(response)).outputs[0]?.data).toEqual(Float32Array.of(7));
  });

  it.each([
    ['gzip', gzipSync, gunzipSync],
    ['deflate', deflateSync, inflateSync],
  ] as const)('takes and gives %s', async (coding, encode, decode) => {
    const rows = Array.from({ length: 1000 }, (_, i) => i);
    const { body, headerLength } = encodeRequest([features(...rows)], { binaryInput: true });
    const headers = { 'content-encoding': coding, 'inference-header-content-length': headerLength ?? '' };
    const plain = await post(encode(body), { ...headers, 'accept-encoding': 'identity' });
    const coded = await post(encode(body), { ...headers, 'accept-encoding': coding });
    expect([plain.headers.get('content-encoding'), coded.headers.get('content-encoding')]).toEqual([null, coding]);
    // fetch has undone the coding
    const text = await plain.text();
    expect(await coded.text()).toBe(text);
    expect(decode(encode(text)).toString()).toBe(text);
  });

  it('answers with classes where they are asked for', async () => {
    const response = await send([features(1, 2)], { outputs: [{ name: 'sum', parameters: { classification: 1 } }] });
    expect(await response.json()).toMatchObject({
      outputs: [{ name: 'sum', datatype: 'BYTES', shape: [1, 1], data: ['3.000000:0'] }],
    });
  });

  it('answers under the version, too, and no rows with no rows', async () => {
    const { body } = encodeRequest([features()]);
    const response = await post(body, {}, '/versions/1/infer');
    expect(await response.json()).toMatchObject({
      outputs: [
        { shape: [0, 1], data: [] },
        { shape: [0], data: [] },
      ],
    });
  });

  it('writes what JSON has no number for as Triton does', async () => {
    const text = await (await send([features(Infinity, 1)])).text();
    expect(text).toContain('"data":[Infinity]');
  });

  const withData = (input: object): string =>
    JSON.stringify({ inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2], data: [1, 2], ...input }] });

  it.each<[string, Buffer | string, Record<string, string>, number, string, string]>([
    ['no JSON', '{', {}, 400, 'INFERENCE_INVALID', 'the body is not JSON'],
    ['no body', '', {}, 400, 'INFERENCE_INVALID', 'inputs: found nothing; allowed is a list.'],
    ['an unknown name', withData({ name: 'x' }), {}, 400, 'TENSOR_INVALID', 'features FP32 [-1, 2]'],
    ['another type', withData({ datatype: 'FP64' }), {}, 400, 'TENSOR_INVALID', 'features is FP64'],
    ['another shape', withData({ shape: [2, 1] }), {}, 400, 'TENSOR_INVALID', 'features has the shape [2, 1]'],
    ['a text for a number', withData({ data: [1, 'x'] }), {}, 400, 'TENSOR_INVALID', 'element 1: found "x"'],
    [
      'a header length that lies',
      withData({}),
      { 'inference-header-content-length': '999' },
      400,
      'INFERENCE_INVALID',
      '"999"',
    ],
    ['a coding that there is not', 'x', { 'content-encoding': 'br' }, 415, 'UNSUPPORTED_MEDIA_TYPE', 'gzip, deflate'],
    ['what is no gzip', 'x', { 'content-encoding': 'gzip' }, 400, 'BODY_UNPARSEABLE', 'not gzip'],
    ['a row that the model fails on', withData({ data: [13, 0] }), {}, 422, 'MODEL_FAILED', 'row 0: thirteen.'],
    [
      'a NaN that the model does not take',
      withData({ data: [null, 0] }),
      {},
      422,
      'NAN_NOT_ALLOWED',
      'row 0: found NaN',
    ],
    ['too large a body', 'x'.repeat(17 << 20), {}, 413, 'BODY_TOO_LARGE', 'too large'],
    [
      'a body that is too large without its coding',
      gzipSync(Buffer.alloc(17 << 20)),
      { 'content-encoding': 'gzip' },
      413,
      'BODY_TOO_LARGE',
      'more than 16777216 bytes',
    ],
  ])("refuses %s with the protocol's error", async (_what, body, headers, status, code, part) => {
    const response = await post(body, headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/json'),
    ]);
    expect(await response.json()).toEqual({ error: expect.stringContaining(part), code });
  });

  it('refuses bytes that were cut short, and more rows than may come', async () => {
    const { body, headerLength } = encodeRequest([features(1, 2)], { binaryInput: true });
    const cut = await post(body.subarray(0, -1), { 'inference-header-content-length': headerLength ?? '' });
    expect([cut.status, await cut.text()]).toEqual([400, expect.stringContaining('7 bytes left')]);
    const many = await send([features(...Array.from({ length: 2 * (MOST_ROWS + 1) }, () => 0))], { binaryInput: true });
    expect([many.status, await many.text()]).toEqual([400, expect.stringContaining(`${MOST_ROWS + 1} rows`)]);
  });

  it.each(['/versions/2/infer', '/versions/01/infer', 'x/infer'])('has no %s', async (path) => {
    const response = await post('{}', {}, path);
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: expect.stringContaining('this scorer has model 1'), code: 'MODEL_NOT_FOUND' },
    ]);
  });
});
