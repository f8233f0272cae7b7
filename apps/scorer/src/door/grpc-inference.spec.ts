import { INFERENCE_PROTO } from '@millrace/open-inference';
import type { Service } from '@millrace/platform';
import { GrpcClient, grpcStatus as status, type GrpcRefusal } from '@millrace/platform/testing';
import { makeTensor, readRaw, writeRaw, type Tensor } from '@millrace/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MOST_ROWS, scriptedDoor, scriptedService } from '../testing/scripted-door.ts';

const NAME = 'inference.GRPCInferenceService';

let service: Service;
let client: GrpcClient;
beforeAll(async () => {
  service = await scriptedService(scriptedDoor());
  await service.open();
  client = new GrpcClient(service.grpcUrl, INFERENCE_PROTO, NAME);
});
afterAll(async () => {
  client[Symbol.dispose]();
  await service.stop();
});

const features = (...values: readonly number[]): Tensor =>
  makeTensor('features', 'FP32', [values.length / 2, 2], Float32Array.from(values));
const described = ({ name, datatype, shape }: Tensor) => ({ name, datatype, shape });
const raw = (tensor: Tensor, others: object = {}) => ({
  model_name: 'model',
  inputs: [described(tensor)],
  raw_input_contents: [writeRaw(tensor)],
  ...others,
});
const typed = (values: readonly number[]) => ({
  model_name: 'model',
  inputs: [{ ...described(features(...values)), contents: { fp32_contents: values } }],
});

interface Answer {
  readonly outputs: readonly Pick<Tensor, 'name' | 'datatype' | 'shape'>[];
  readonly raw_output_contents: readonly Buffer[];
}
const tensorsOf = (answer: unknown): readonly Tensor[] => {
  const { outputs, raw_output_contents: contents } = answer as Answer;
  return outputs.map(({ name, datatype, shape }, i) => readRaw(name, datatype, shape, contents[i] as Buffer));
};

const SUM = makeTensor('sum', 'FP32', [2, 1], Float32Array.of(3, 7));
const PRODUCT = makeTensor('product', 'FP64', [2], Float64Array.of(2, 12));

describe('ModelInfer', () => {
  it('answers raw contents with raw contents, under the names of the model, with the id', async () => {
    const answer = await client.call('ModelInfer', raw(features(1, 2, 3, 4), { id: 'r1', model_version: '1' }));
    expect(answer).toMatchObject({ model_name: 'model', model_version: '1', id: 'r1' });
    expect(tensorsOf(answer)).toEqual([SUM, PRODUCT]);
  });

  it('takes typed contents, and answers them with raw ones, too', async () => {
    expect(tensorsOf(await client.call('ModelInfer', typed([1, 2, 3, 4])))).toEqual([SUM, PRODUCT]);
  });

  it('gives the outputs that are asked for in their order, and classes', async () => {
    const outputs = [{ name: 'product' }, { name: 'sum', parameters: { classification: { int64_param: 1 } } }];
    const [product, classes] = tensorsOf(await client.call('ModelInfer', raw(features(1, 2, 3, 4), { outputs })));
    expect(product).toEqual(PRODUCT);
    expect(classes).toMatchObject({ name: 'sum', datatype: 'BYTES', shape: [2, 1] });
    const texts = classes && [...classes.data].map((bytes) => new TextDecoder().decode(bytes as Uint8Array));
    expect(texts).toEqual(['3.000000:0', '7.000000:0']);
  });

  it.each([
    [
      'a shape that the model does not take',
      raw(makeTensor('features', 'FP32', [1, 3], new Float32Array(3))),
      'INVALID_ARGUMENT',
      'TENSOR_INVALID',
      'the model takes features FP32 [-1, 2]',
    ],
    [
      'bytes that were cut short',
      raw(features(1, 2), { raw_input_contents: [Buffer.alloc(7)] }),
      'INVALID_ARGUMENT',
      'TENSOR_INVALID',
      'which is 8 bytes; found 7',
    ],
    [
      'more rows than may come',
      raw(features(...Array.from({ length: 2 * (MOST_ROWS + 1) }, () => 0))),
      'INVALID_ARGUMENT',
      'TENSOR_INVALID',
      `${MOST_ROWS + 1} rows`,
    ],
    [
      'an output that there is not',
      raw(features(1, 2), { outputs: [{ name: 'p' }] }),
      'INVALID_ARGUMENT',
      'INFERENCE_INVALID',
      'outputs has p',
    ],
    [
      'no message of this type',
      Buffer.from([0xff]),
      'INVALID_ARGUMENT',
      'BODY_UNPARSEABLE',
      'the message is no ModelInferRequest',
    ],
    [
      'a model that there is not',
      raw(features(1, 2), { model_name: 'other' }),
      'NOT_FOUND',
      'MODEL_NOT_FOUND',
      'there is no other here',
    ],
    [
      'a version that there is not',
      raw(features(1, 2), { model_version: '2' }),
      'NOT_FOUND',
      'MODEL_NOT_FOUND',
      'there is no model 2 here',
    ],
    [
      'a row that the model fails on',
      raw(features(1, 2, 13, 0)),
      'INVALID_ARGUMENT',
      'MODEL_FAILED',
      'row 1: thirteen',
    ],
    [
      'a NaN that the model does not take',
      raw(features(Number.NaN, 0)),
      'INVALID_ARGUMENT',
      'NAN_NOT_ALLOWED',
      'row 0',
    ],
  ] as const)('refuses %s', async (_what, message, name, code, part) => {
    const error = await client.call('ModelInfer', message).catch((found: unknown) => found as GrpcRefusal);
    expect(error).toMatchObject({ code: status[name], details: expect.stringContaining(part) });
    expect((error as GrpcRefusal).metadata.get('millrace-code')).toEqual([code]);
  });

  it('refuses a message over the limit without reading it', async () => {
    const large = Buffer.alloc((16 << 20) + (64 << 10) + 1);
    await expect(client.call('ModelInfer', large)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });
});

describe('ModelStreamInfer', () => {
  const told = async (messages: readonly object[]): Promise<readonly Record<string, unknown>[]> => {
    const stream = client.stream('ModelStreamInfer');
    const answers: Record<string, unknown>[] = [];
    stream.on('data', (answer: Record<string, unknown>) => answers.push(answer));
    const ended = new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
    for (const message of messages) stream.write(message);
    stream.end();
    await ended;
    return answers;
  };

  it('answers every request in order, says in its answer what is wrong with one, and goes on', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => raw(features(100 + i, 1), { id: String(i) }));
    const answers = await told([...rows, raw(features(13, 0)), raw(features(1, 2, 3, 4), { id: 'last' })]);
    expect(answers.slice(0, 200).map(({ infer_response: found }) => (found as { id: string }).id)).toEqual(
      rows.map((_, i) => String(i)),
    );
    expect(answers[200]).toEqual({ error_message: expect.stringContaining('row 0: thirteen') });
    expect(answers[201]).toMatchObject({ infer_response: { id: 'last' } });
    expect(tensorsOf(answers[201]?.['infer_response'])).toEqual([SUM, PRODUCT]);
  });

  it('answers a request while the client may still send others', async () => {
    const stream = client.stream('ModelStreamInfer');
    const next = (): Promise<unknown> => new Promise((resolve) => stream.once('data', resolve));
    for (const id of ['a', 'b']) {
      const answer = next();
      stream.write(raw(features(1, 2), { id }));
      expect(await answer).toMatchObject({ infer_response: { id } });
    }
    stream.end();
  });
});

describe('the other methods', () => {
  it('say what the server is, and what the model takes and gives', async () => {
    expect(await client.call('ServerLive', {})).toEqual({ live: true });
    expect(await client.call('ServerReady', {})).toEqual({ ready: true });
    expect(await client.call('ServerMetadata', {})).toMatchObject({ name: 'millrace', version: '0.1.0' });
    expect(await client.call('ModelMetadata', { name: 'model' })).toEqual({
      name: 'model',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: [-1, 1] },
        { name: 'product', datatype: 'FP64', shape: [-1] },
      ],
    });
    expect(await client.call('ModelConfig', { name: 'model', version: '1' })).toEqual({
      config: {
        name: 'model',
        platform: 'onnxruntime_onnx',
        backend: 'onnxruntime',
        max_batch_size: MOST_ROWS,
        input: [{ name: 'features', data_type: 'TYPE_FP32', dims: [2] }],
        output: [
          { name: 'sum', data_type: 'TYPE_FP32', dims: [1] },
          { name: 'product', data_type: 'TYPE_FP64' },
        ],
        dynamic_batching: { preferred_batch_size: [256], max_queue_delay_microseconds: 0 },
        instance_group: [{ name: 'model', kind: 'KIND_CPU', count: 1 }],
        default_model_filename: 'model.onnx',
        parameters: { execution_provider: { string_value: 'cpu' } },
      },
    });
  });

  it.each([
    [{ name: 'model' }, true],
    [{ name: 'model', version: '1' }, true],
    [{ name: 'model', version: '2' }, false],
    [{ name: 'other' }, false],
  ])('say whether %j is ready: %s', async (message, ready) => {
    expect(await client.call('ModelReady', message)).toEqual({ ready });
  });

  it.each(['ModelMetadata', 'ModelConfig', 'ModelStatistics'])('%s knows no other model', async (method) => {
    await expect(client.call(method, { name: 'other' })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('count what was done', async () => {
    expect(await client.call('ModelStatistics', {})).toMatchObject({
      model_stats: [{ name: 'model', version: '1', inference_stats: { success: { count: expect.any(Number) } } }],
    });
  });

  it('list every version in the model folder, or those that are loaded', async () => {
    const index = async (message: object) => (await client.call('RepositoryIndex', message))['models'];
    expect(await index({})).toHaveLength(3);
    expect(await index({ ready: true })).toEqual([{ name: 'model', version: '1', state: 'READY', reason: '' }]);
  });

  it.each([
    ['RepositoryModelLoad', 'load'],
    ['RepositoryModelUnload', 'unload'],
  ])('%s names a model, and a version where the parameters say one', async (method, what) => {
    const ask = (more: object) => client.call(method, { model_name: 'model', ...more });
    const refusal = (said: string) => ({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining(`${what} model ${said}:`),
    });
    await expect(ask({})).rejects.toMatchObject(refusal('null'));
    await expect(ask({ parameters: { version: { string_param: '2' } } })).rejects.toMatchObject(refusal('2'));
  });
});
