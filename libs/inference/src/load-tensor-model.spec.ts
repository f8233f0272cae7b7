import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BatchReport } from '@millrace/batching';
import { SystemClock } from '@millrace/core';
import { makeTensor, type Datatype, type Tensor } from '@millrace/tensors';
import { someTensor } from '@millrace/tensors/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadTensorModel, type LoadedTensorModel } from './load-tensor-model.ts';
import type { RunOptions } from './run-options.ts';
import { identityModel, lookupModel, onnxFile, simpleModel, type OnnxGraph } from './testing/index.ts';

let folder: string;
const models: LoadedTensorModel[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
});

afterEach(async () => {
  await Promise.all(models.splice(0).map((model) => model.close()));
  await rm(folder, { recursive: true });
});

async function load(bytes: Uint8Array, options: Partial<RunOptions> = {}): Promise<LoadedTensorModel> {
  const modelFile = join(folder, 'model.onnx');
  await writeFile(modelFile, bytes);
  const files = { name: 'small', version: '1', modelFile, profileFile: null, card: null };
  const batch = { rows: 64, deadlineMs: 20 };
  const model = await loadTensorModel({ files, batch, clock: new SystemClock(), workers: 1, ...options });
  models.push(model);
  return model;
}

const texts = (...values: readonly string[]): readonly Uint8Array[] =>
  values.map((value) => new TextEncoder().encode(value));
const int32 = (name: string, rows: number, first: number): Tensor =>
  makeTensor(
    name,
    'INT32',
    [rows, 16],
    Int32Array.from({ length: rows * 16 }, (_, i) => first + i),
  );

/** ONNX's names of the protocol's datatypes. */
const TYPES: Readonly<Record<Datatype, string>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};

describe('loadTensorModel', () => {
  it("answers as Triton's example model: sum and difference of two inputs", async () => {
    const model = await load(simpleModel());
    expect(model.inputs).toEqual([
      { name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] },
      { name: 'INPUT1', datatype: 'INT32', shape: [-1, 16] },
    ]);
    const [difference, sum] = await model.infer(
      [int32('INPUT0', 2, 100), int32('INPUT1', 2, 0)],
      ['OUTPUT1', 'OUTPUT0'],
    );
    expect(difference).toEqual(makeTensor('OUTPUT1', 'INT32', [2, 16], new Int32Array(32).fill(100)));
    expect(sum?.data).toEqual(Int32Array.from({ length: 32 }, (_, i) => 100 + 2 * i));
  });

  it.each(Object.entries(TYPES) as [Datatype, string][])(
    'takes and gives %s as it is, to the last bit',
    async (datatype, type) => {
      const model = await load(identityModel(type, ['N', 2]));
      const some = someTensor([datatype]).filter(({ shape }) => shape.length === 2 && shape[1] === 2);
      const text = ({ data }: Tensor): boolean =>
        !Array.isArray(data) || data.every((bytes: Uint8Array) => bytes.every((byte) => byte > 0 && byte < 128));
      await fc.assert(
        fc.asyncProperty(some.filter(text), async (x) => {
          const [y] = await model.infer([x], ['y']);
          expect({ ...y, name: 'x' }).toStrictEqual(x);
        }),
        { numRuns: 20 },
      );
    },
  );

  it('keeps integers beyond 2^53 and texts beyond ASCII', async () => {
    const numbers = await load(identityModel('int64', ['N']));
    const big = makeTensor('x', 'INT64', [2], BigInt64Array.of(9_007_199_254_740_993n, -9_223_372_036_854_775_808n));
    expect((await numbers.infer([big], ['y']))[0]?.data).toEqual(big.data);
    const words = await load(identityModel('string', ['N']));
    const said = makeTensor('x', 'BYTES', [3], texts('\uFEFFé', '', '日本'));
    expect((await words.infer([said], ['y']))[0]?.data).toEqual(said.data);
  });

  it('puts the rows of requests that wait into one batch, and gives everyone their own', async () => {
    const reports: BatchReport[] = [];
    const observer = { batch: (report: BatchReport) => void reports.push(report), dropped: () => undefined };
    const model = await load(simpleModel(), { observer });
    const asked = Array.from({ length: 30 }, (_, i) => ({ rows: 1 + (i % 3), first: 1000 * i }));
    const answers = await Promise.all(
      asked.map(({ rows, first }) =>
        model.infer([int32('INPUT0', rows, first), int32('INPUT1', rows, 0)], ['OUTPUT0']),
      ),
    );
    answers.forEach(([sum], i) => {
      const { rows, first } = asked[i] as (typeof asked)[number];
      expect(sum?.shape).toEqual([rows, 16]);
      expect(sum?.data).toEqual(Int32Array.from({ length: rows * 16 }, (_, at) => first + 2 * at));
    });
    expect(reports.length).toBeLessThan(10);
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(60);
  });

  it('runs a model that takes one row as often as a request has rows', async () => {
    const reports: BatchReport[] = [];
    const observer = { batch: (report: BatchReport) => void reports.push(report), dropped: () => undefined };
    const model = await load(simpleModel(1), { observer });
    expect(model.inputs[0]?.shape).toEqual([-1, 16]);
    const [sum] = await model.infer([int32('INPUT0', 3, 5), int32('INPUT1', 3, 0)], ['OUTPUT0']);
    expect(sum?.data).toEqual(Int32Array.from({ length: 48 }, (_, i) => 5 + 2 * i));
    expect(reports.map(({ rows }) => rows)).toEqual([1, 1, 1]);
  });

  it('answers no rows with no rows', async () => {
    const model = await load(simpleModel());
    const none = (name: string): Tensor => makeTensor(name, 'INT32', [0, 16], new Int32Array());
    expect(await model.infer([none('INPUT0'), none('INPUT1')], ['OUTPUT0'])).toEqual([none('OUTPUT0')]);
  });

  it('fails with the first row that fails, by its number, and not its neighbours in other requests', async () => {
    const model = await load(lookupModel(1, [10, 20, 30]));
    const ask = (...values: readonly number[]) =>
      model.infer([makeTensor('features', 'FP32', [values.length, 1], Float32Array.from(values))], ['found']);
    const [wrong, right] = await Promise.allSettled([ask(0, 99, 1), ask(2, 1)]);
    expect(wrong).toMatchObject({ reason: { code: 'MODEL_FAILED', detail: expect.stringMatching(/^row 1: /) } });
    expect(right).toMatchObject({ value: [{ data: Float32Array.of(30, 20) }] });
  });

  it.each(['N', 1])(
    'takes as many rows as may wait, and the same of all inputs, where the file says %s',
    async (rows) => {
      const model = await load(simpleModel(rows), { batch: { rows: 1, deadlineMs: 20 } });
      expect(model.mostRows).toBe(64);
      const ask = (...rowsOfEach: readonly [number, number]) =>
        model.infer([int32('INPUT0', rowsOfEach[0], 0), int32('INPUT1', rowsOfEach[1], 0)], ['OUTPUT0']);
      await expect(ask(65, 65)).rejects.toMatchObject({ code: 'TENSOR_INVALID' });
      await expect(ask(2, 3)).rejects.toMatchObject({ code: 'TENSOR_INVALID' });
      expect(await ask(64, 64)).toHaveLength(1);
    },
  );

  it.each([
    ['the character 0', texts('a', 'b\0c')],
    ['bytes that are not UTF-8', [Uint8Array.of(97), Uint8Array.of(0xff)]],
  ])('refuses a text with %s, which the runtime would change', async (_, data) => {
    const model = await load(identityModel('string', ['N']));
    await expect(model.infer([makeTensor('x', 'BYTES', [2], data)], ['y'])).rejects.toMatchObject({
      code: 'TENSOR_INVALID',
      detail: expect.stringContaining('x: element 1 '),
    });
  });

  it('fails on a row for which the model has no row, instead of mixing up the others', async () => {
    const model = await load(
      onnxFile({
        inputs: [{ name: 'x', type: 'float32', shape: ['N'] }],
        outputs: [{ name: 'y', type: 'float32', shape: ['N'] }],
        nodes: [
          { op: 'Cast', inputs: ['x'], output: 'kept', attributes: { to: 9 } },
          { op: 'Compress', inputs: ['x', 'kept'], output: 'y', attributes: { axis: 0 } },
        ],
      }),
    );
    expect(model.mostRows).toBeGreaterThan(0);
    const ask = (...values: readonly number[]) =>
      model.infer([makeTensor('x', 'FP32', [values.length], Float32Array.from(values))], ['y']);
    const [wrong, right] = await Promise.allSettled([ask(1, 0), ask(2, 3)]);
    const detail = 'row 1: for 1 rows y has the shape [0]; declared is [-1]';
    expect(wrong).toMatchObject({ reason: { code: 'MODEL_FAILED', detail } });
    expect(right).toMatchObject({ value: [{ data: Float32Array.of(2, 3) }] });
  });
});

describe('a model without rows', () => {
  const float = (name: string, shape: readonly (number | string)[]) => ({ name, type: 'float32', shape });
  const tensor = (name: string, shape: readonly number[], ...values: readonly number[]): Tensor =>
    makeTensor(name, 'FP32', shape, Float32Array.from(values));
  const SCALED: OnnxGraph = {
    inputs: [float('x', ['N', 2]), float('factor', [])],
    outputs: [float('y', ['N', 2])],
    nodes: [{ op: 'Mul', inputs: ['x', 'factor'], output: 'y' }],
  };

  it('runs each request alone, scalars and all', async () => {
    const model = await load(onnxFile(SCALED));
    expect([model.mostRows, model.batchRows]).toEqual([0, 1]);
    expect(model.inputs.map(({ shape }) => shape)).toEqual([[-1, 2], []]);
    const answers = await Promise.all(
      [2, 3, 5].map((by) => model.infer([tensor('x', [1, 2], 1, 2), tensor('factor', [], by)], ['y'])),
    );
    expect(answers).toEqual([2, 3, 5].map((by) => [tensor('y', [1, 2], by, 2 * by)]));
  });

  it('may take inputs of other shapes, and have outputs of sizes that nobody knew', async () => {
    const model = await load(
      onnxFile({
        inputs: [float('a', ['N', 2]), float('b', [2, 'M'])],
        outputs: [float('y', ['N', 'M'])],
        nodes: [{ op: 'MatMul', inputs: ['a', 'b'], output: 'y' }],
      }),
    );
    const product = await model.infer([tensor('a', [1, 2], 1, 10), tensor('b', [2, 3], 1, 2, 3, 4, 5, 6)], ['y']);
    expect(product).toEqual([tensor('y', [1, 3], 41, 52, 63)]);
  });

  it('says what is wrong without the number of a row', async () => {
    const model = await load(
      onnxFile({
        inputs: [float('a', ['N']), float('b', ['M'])],
        outputs: [float('y', ['N'])],
        nodes: [{ op: 'Add', inputs: ['a', 'b'], output: 'y' }],
      }),
    );
    await expect(model.infer([tensor('a', [2], 1, 2), tensor('b', [3], 1, 2, 3)], ['y'])).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      detail: expect.not.stringMatching(/^row/),
    });
  });
});

describe('outputs that are no tensors', () => {
  const SEQUENCE: OnnxGraph = {
    inputs: [{ name: 'x', type: 'float32', shape: ['N', 1] }],
    outputs: [{ name: 'parts', type: null, shape: [] }],
    nodes: [{ op: 'SequenceConstruct', inputs: ['x'], output: 'parts' }],
  };

  it('are left out', async () => {
    const model = await load(
      onnxFile({
        ...SEQUENCE,
        outputs: [...SEQUENCE.outputs, { name: 'y', type: 'float32', shape: ['N', 1] }],
        nodes: [...SEQUENCE.nodes, { op: 'Identity', inputs: ['x'], output: 'y' }],
      }),
    );
    expect(model.outputs.map(({ name }) => name)).toEqual(['y']);
    const x = makeTensor('x', 'FP32', [1, 1], Float32Array.of(4));
    expect(await model.infer([x], ['y'])).toEqual([{ ...x, name: 'y' }]);
  });

  it('are not enough', async () => {
    await expect(load(onnxFile(SEQUENCE))).rejects.toMatchObject({ code: 'NOT_IN_THIS_VERSION' });
  });
});
