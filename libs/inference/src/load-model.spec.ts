import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { BatchReport } from '@millrace/batching';
import { AppError, SystemClock, withLostDigits } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { makeTensor } from '@millrace/tensors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadModel, type LoadedModel, type LoadModelOptions } from './load-model.ts';
import { stuckWorkers } from './onnx/end-worker.ts';
import { openRegistry, type ModelFiles } from './registry/model-registry.ts';
import {
  castModel,
  identityModel,
  labelledModel,
  labouringModel,
  lookupModel,
  onnxFile,
  sumModel,
} from './testing/index.ts';
import { readSignature } from './with-threads.ts';

const FLIGHTS = new URL('../../../examples/flights/models', import.meta.url).pathname;
const MISBEHAVING = new URL('./testing/misbehaving-worker.ts', import.meta.url);

let folder: string;
const models: LoadedModel[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
});

afterEach(async () => {
  await Promise.all(models.splice(0).map((model) => model.close()));
  await rm(folder, { recursive: true });
});

const filesOf = (modelFile: string): ModelFiles => ({
  name: 'small',
  version: '1',
  modelFile,
  profileFile: null,
  card: null,
});

async function load(options: Partial<LoadModelOptions>): Promise<LoadedModel> {
  const defaults = {
    vector: ['a', 'b'],
    outputs: null,
    batch: { rows: 256, deadlineMs: 20 },
    clock: new SystemClock(),
    workers: 1,
  };
  const model = await loadModel({ ...defaults, files: filesOf(join(folder, 'model.onnx')), ...options });
  models.push(model);
  return model;
}

async function loadBytes(bytes: Uint8Array, options: Partial<LoadModelOptions> = {}): Promise<LoadedModel> {
  await writeFile(join(folder, 'model.onnx'), bytes);
  return load(options);
}

async function score(model: LoadedModel, vectors: readonly (readonly number[])[]): Promise<unknown[]> {
  const outcomes = await model.score(vectors.map((vector) => Float32Array.from(vector)));
  return outcomes.map((outcome) => (outcome.ok ? [...outcome.value] : outcome.error.code));
}

const of = (type: 'float32' | 'float64', values: readonly number[]) =>
  type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);

/** Vector and probability of five requests of the flights example. */
const WORKED_ROWS = [
  '1,11.9833333333,1,419,5,2,10,13.80936,35.96,0.03,64,21,42,0.452380952381,0.454545454545,14.1,2.88636363636,35,-5.46153846154,-12,73860,0.537213385105',
  '0,10.35,2,1069,1,1,10,16.11092,32,0,61,9,50,0.02,0.030303030303,-4.68,-15.2142857143,-15.25,-11.5,-11,21120,0.0521020293236',
  '0,6,3,214,6,2,10,13.80936,35.06,0,1,1,0,,0,,,,0.3,,,0.088415145874',
  '1,16.9166666667,6,888,4,2,1.5,0,55.94,0.02,58,20,30,0.266666666667,0.153846153846,38.1666666667,-0.788461538462,-1.5,-9.33333333333,,,0.440299034119',
  ',21,3,585,7,2,7,8.05546,57.92,0,49,7,41,0.731707317073,0.857142857143,212,127.68,,0,,,0.746616065502',
].map((line) =>
  line
    .split(',')
    .slice(1)
    .map((text) => (text === '' ? Number.NaN : Number(text))),
);

describe('loadModel', () => {
  it('gives the flights model the probabilities of the worked rows, missing values included', async () => {
    const files = await openRegistry(FLIGHTS).resolve('arrival-delay', '1');
    const model = await load({ files, vector: files.card?.features ?? [] });
    expect(model.outputs).toEqual(['probability']);
    const found = await score(
      model,
      WORKED_ROWS.map((row) => row.slice(0, 20)),
    );
    found.forEach((outputs, i) => expect((outputs as number[])[0]).toBeCloseTo(WORKED_ROWS[i]?.[20] as number, 5));
  });

  it('scores more rows than a batch holds on several workers, each row its own', async () => {
    const model = await loadBytes(sumModel(2), { workers: 2, batch: { rows: 16, deadlineMs: 20 } });
    const vectors = Array.from({ length: 1000 }, (_, i) => [i, 0.5]);
    expect(await score(model, vectors)).toEqual(vectors.map(([i]) => [(i as number) + 0.5]));
  });

  it.runIf(process.platform === 'linux')('gives a session as many threads as it is told', async () => {
    const threads = async (): Promise<number> => (await readdir('/proc/self/task')).length;
    const added = async (options: Partial<LoadModelOptions>): Promise<number> => {
      const before = await threads();
      await loadBytes(sumModel(2), options);
      return (await threads()) - before;
    };
    await added({});
    const one = await added({});
    expect((await added({ threads: 4 })) - one).toBe(3);
  });

  it('gives NaN back as an ordinary result', async () => {
    const model = await loadBytes(sumModel(2));
    expect(
      await score(model, [
        [Number.NaN, 1],
        [1, 2],
      ]),
    ).toEqual([[Number.NaN], [3]]);
  });

  it('refuses a row with NaN where the model says that it takes none, names the features, and scores its neighbours', async () => {
    await writeFile(join(folder, 'model.onnx'), sumModel(2));
    const files = {
      ...filesOf(join(folder, 'model.onnx')),
      card: { features: null, sha256: null, nan: false, deterministic: true },
    };
    const rows = [
      [1, 2],
      [Number.NaN, 1],
      [3, 4],
      [1, Number.NaN],
      [Number.NaN, Number.NaN],
      [5, 6],
    ] as const;
    const model = await load({ files });
    const none = 'NAN_NOT_ALLOWED';
    expect(await score(model, rows)).toEqual([[3], none, [7], none, none, [11]]);
    expect(await score(model, [[0, Number.NaN]])).toEqual([none]);
    const [outcome] = await model.score([Float32Array.of(0, Number.NaN)]);
    expect(outcome).toMatchObject({ error: { detail: expect.stringMatching(/^found NaN in b; /) } });
  });

  it('does for a door what its request says, beside the rows that it refuses itself', async () => {
    await writeFile(join(folder, 'model.onnx'), sumModel(2));
    const files = {
      ...filesOf(join(folder, 'model.onnx')),
      card: { features: null, sha256: null, nan: false, deterministic: true },
    };
    const dropped: unknown[] = [];
    const sources: string[] = [];
    const observer = {
      batch: ({ parts }: BatchReport) => void sources.push(...parts.map(({ source }) => source)),
      dropped: (...drop: readonly unknown[]) => void dropped.push(drop),
    };
    const model = await load({ files, observer });
    const rows = [Float32Array.of(1, 2), Float32Array.of(Number.NaN, 1)];
    await model.score(rows, { source: 'rest' });
    const outcomes = await model.score(rows, { source: 'grpc', signal: AbortSignal.abort() });
    expect(outcomes).toMatchObject([{ error: { code: 'CANCELLED' } }, { error: { code: 'NAN_NOT_ALLOWED' } }]);
    expect([sources, dropped, model.queuedRows('grpc')]).toEqual([['rest'], [['grpc', 'cancelled', 1]], 0]);
  });

  it('keeps answers if asked to, behind the refusal of NaN, for stream and doors alike, unless the model is not deterministic', async () => {
    await writeFile(join(folder, 'model.onnx'), sumModel(2));
    const looked: (readonly number[])[] = [];
    const cacheObserver = { looked: (...rows: number[]) => void looked.push(rows), evicted: () => {} };
    const cache = { sizeBytes: 1024 ** 2, forMs: 60_000 };
    const loadCard = (deterministic: boolean) => {
      const card = { features: null, sha256: null, nan: false, deterministic };
      return load({ files: { ...filesOf(join(folder, 'model.onnx')), card }, cache, cacheObserver });
    };
    const model = await loadCard(true);
    const rows = [
      [1, 2],
      [Number.NaN, 1],
    ] as const;
    expect(await score(model, rows)).toEqual([[3], 'NAN_NOT_ALLOWED']);
    const features = makeTensor('features', 'FP32', [1, 2], Float32Array.of(1, 2));
    expect((await model.tensors.infer([features], ['sum']))[0]?.data).toEqual(Float32Array.of(3));
    expect([looked, model.cachedBytes()]).toEqual([
      [
        [0, 1],
        [1, 0],
      ],
      320 + 8 + 8,
    ]);
    const random = await loadCard(false);
    expect(await score(random, rows)).toEqual([[3], 'NAN_NOT_ALLOWED']);
    expect([looked.length, random.cachedBytes()]).toEqual([2, null]);
  });

  it('answers 255 rows when one of 256 makes the model fail', async () => {
    const model = await loadBytes(lookupModel(2, [10, 20, 30]));
    const vectors = Array.from({ length: 256 }, (_, i) => [i === 100 ? 99 : i % 3, 0]);
    const found = await score(model, vectors);
    expect(found).toEqual(vectors.map(([index]) => (index === 99 ? 'MODEL_FAILED' : [((index as number) + 1) * 10])));
  });

  it('runs a model that takes a fixed number of rows as often as it needs', async () => {
    const vectors = Array.from({ length: 7 }, (_, i) => [i, 1]);
    for (const rows of [1, 4]) {
      const model = await loadBytes(sumModel(2, rows));
      expect(await score(model, vectors)).toEqual(vectors.map(([i]) => [(i as number) + 1]));
    }
  });

  it('fills up a fixed number of rows with those that there are, so that none fails for what was not asked', async () => {
    // knows 4, 5 and 6 alone: it fails on zeros
    const bytes = onnxFile({
      inputs: [{ name: 'features', type: 'float32', shape: [4, 1] }],
      outputs: [{ name: 'found', type: 'float32', shape: [4, 1] }],
      nodes: [
        { op: 'Sub', inputs: ['features', 'four'], output: 'place' },
        { op: 'Cast', inputs: ['place'], output: 'index', attributes: { to: 7 } },
        { op: 'Gather', inputs: ['table', 'index'], output: 'found', attributes: { axis: 0 } },
      ],
      constants: {
        four: { shape: [1], values: Float32Array.of(4) },
        table: { shape: [3], values: Float32Array.of(10, 20, 30) },
      },
    });
    const model = await loadBytes(bytes, { vector: ['a'] });
    expect(await score(model, [[4], [5], [6], [4], [5], [99], [6]])).toEqual([
      [10],
      [20],
      [30],
      [10],
      [20],
      'MODEL_FAILED',
      [30],
    ]);
  });

  it('holds its files while workers may load them again', async () => {
    let holds = 0;
    const hold = async (): Promise<() => Promise<void>> => {
      holds++;
      return async () => void holds--;
    };
    const model = await loadBytes(labelledModel(2), {
      files: { ...filesOf(join(folder, 'model.onnx')), hold },
    });
    expect(holds).toBe(1);
    await model.close();
    expect(holds).toBe(0);
  });

  it('computes the outputs that are chosen, under their published names', async () => {
    const model = await loadBytes(labelledModel(2), { outputs: new Map([['sum', 'total']]) });
    expect(model.outputs).toEqual(['total']);
    expect(await score(model, [[1, 2]])).toEqual([[3]]);
  });

  it('gives a model that takes float64 the same vectors', async () => {
    const model = await loadBytes(identityModel('float64', ['N', 2]));
    expect([model.outputs, model.tensors.inputs[0]?.datatype]).toEqual([['y.0', 'y.1'], 'FP64']);
    expect(
      await score(model, [
        [1, 0.5],
        [Number.NaN, -2],
      ]),
    ).toEqual([
      [1, 0.5],
      [Number.NaN, -2],
    ]);
  });

  it.each(['bool', 'int8', 'uint16', 'int64', 'uint64', 'float16', 'float64'])(
    'gives the stream an output of %s as a number, and the doors one of its type',
    async (type) => {
      const model = await loadBytes(castModel(type));
      expect(
        await score(model, [
          [1, 0.5],
          [0, 0],
        ]),
      ).toEqual([[1], [0]]);
      const x = makeTensor('features', 'FP32', [2, 2], Float32Array.of(1, 0.5, 0, 0));
      const [found] = await model.tensors.infer([x], ['first']);
      expect(Array.from(found?.data as Float64Array, Number)).toEqual([1, 0]);
      expect([found?.datatype, found?.shape]).toEqual([model.tensors.outputs[0]?.datatype, [2, 1]]);
    },
  );

  describe('with an output of 64-bit integers', () => {
    const IDS = BigInt64Array.of(7n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 60n);
    const indices = Array.from(IDS, (_, i) => [i, 0]);
    /** As whoever publishes them puts them together. */
    const integers = (results: readonly unknown[]) =>
      results.map((result) => {
        const [near = 0, lost] = result as readonly number[];
        return BigInt(withLostDigits(near, lost));
      });

    it.each(['float32', 'float64'] as const)(
      'gives the stream and the doors all digits of those beyond 2^53, where it takes %s',
      async (input) => {
        const model = await loadBytes(lookupModel(2, IDS, input));
        const results = await score(model, indices);
        expect(integers(results)).toEqual([...IDS]);
        expect(results.map((result) => (result as number[]).length)).toEqual([1, 2, 2, 2, 2]);
        const x = makeTensor('features', input === 'float32' ? 'FP32' : 'FP64', [5, 2], of(input, indices.flat()));
        expect((await model.tensors.infer([x], ['found']))[0]?.data).toEqual(IDS);
      },
    );

    it('keeps them with answers that are kept, and counts what they take', async () => {
      const cache = { sizeBytes: 1024 ** 2, forMs: 60_000 };
      const model = await loadBytes(lookupModel(2, IDS), { cache });
      await score(model, indices);
      expect(integers(await score(model, indices))).toEqual([...IDS]);
      expect(model.cachedBytes()).toBe(5 * (320 + 8 + 16));
    });

    it('gives them under a name of the pipeline file, beside other columns', async () => {
      const model = await loadBytes(labelledModel(2), {
        outputs: new Map([
          ['sum', 's'],
          ['label', 'l'],
        ]),
      });
      expect(await score(model, [[2 ** 60, 2 ** 61]])).toEqual([[2 ** 60 + 2 ** 61, 2 ** 60 + 2 ** 61, Number.NaN, 0]]);
      expect(await score(model, [[1, 2]])).toEqual([[3, 3]]);
    });
  });

  it('refuses a model that does not fit, and leaves no worker behind', async () => {
    await expect(loadBytes(sumModel(3))).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const outputs = new Map([['none', 'none']]);
    await expect(loadBytes(labelledModel(2), { outputs })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });

  it('refuses a file that is no model, naming it', async () => {
    await expect(loadBytes(Buffer.from('no model'))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: expect.stringContaining(join(folder, 'model.onnx')),
    });
  });

  it('falls back to the next execution provider, and says which one took it and why the others did not', async () => {
    const model = await loadBytes(sumModel(2), { providers: ['tensorrt', 'cpu'] });
    const refused = [{ provider: 'tensorrt', reason: expect.stringContaining('Failed to load shared library') }];
    expect(model.tensors).toMatchObject({ provider: 'cpu', refused });
    await expect(loadBytes(sumModel(2), { providers: ['tensorrt'] })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: expect.stringContaining('tensorrt: '),
    });
  });

  it('refuses an execution provider that the runtime does not know, and lists those that it does', async () => {
    await expect(loadBytes(sumModel(2), { providers: ['cpu', 'gpu'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: expect.stringMatching(/found gpu; .*cpu, webgpu/),
    });
  });
});

describe('a worker that goes wrong', () => {
  const misbehaving = (options: Partial<LoadModelOptions> = {}): Promise<LoadedModel> =>
    load({ workerScript: MISBEHAVING, ...options });

  it('is replaced when it dies, and its rows are scored by the next one', async () => {
    const losses: string[] = [];
    const model = await misbehaving({ onWorkerLost: (error) => losses.push(error.message) });
    expect(
      await score(model, [
        [7, 0],
        [3, 0],
        [8, 0],
      ]),
    ).toEqual([[7], [3], [8]]);
    expect(losses).toEqual(['the worker died (killed this once)']);
  });

  it('costs only the row that kills every worker', async () => {
    const model = await misbehaving();
    expect(
      await score(model, [
        [7, 0],
        [8, 0],
        [1, 0],
        [9, 0],
      ]),
    ).toEqual([[7], [8], 'MODEL_FAILED', [9]]);
    expect(await score(model, [[5, 0]])).toEqual([[5]]);
  });

  it('is replaced when it hangs, by the clock', async () => {
    const clock = new ManualClock();
    const model = await misbehaving({ clock, hangMs: 10_000 });
    const outcomes = score(model, [[2, 0]]);
    let ended = false;
    void outcomes.then(() => (ended = true));
    const tick = (): boolean => {
      clock.advance(200);
      return ended;
    };
    await expect.poll(tick, { interval: 20, timeout: 20_000 }).toBe(true);
    expect(await outcomes).toEqual(['MODEL_FAILED']);
  }, 30_000);

  it('blames no row for the end of the model', async () => {
    const model = await misbehaving();
    const refused = score(model, [[2, 0]]).catch((error: unknown) => error);
    await model.close();
    expect(await refused).toMatchObject({ code: 'MODEL_UNUSABLE' });
  });

  it('fails alone the row that the model throws at', async () => {
    const model = await misbehaving();
    expect(
      await score(model, [
        [4, 0],
        [6, 0],
      ]),
    ).toEqual(['MODEL_FAILED', [6]]);
  });
});

describe('a worker that is in the runtime', () => {
  it('is given up when it hangs, and ends behind its call: the process lives, the others are answered', async () => {
    const losses: string[] = [];
    const options = { hangMs: 300, onWorkerLost: (error: Error) => void losses.push(error.message) };
    const model = await loadBytes(labouringModel(2), options);
    expect(await score(model, [[10_000, 0]])).toEqual(['MODEL_FAILED']);
    expect(losses).toEqual(Array.from({ length: 2 }, () => 'the worker did not answer for 300 ms'));
    expect(await score(model, [[7, 1]])).toEqual([[7]]);
    expect(stuckWorkers().size).toBe(2);
    await model.close();
    expect(stuckWorkers().size).toBe(0);
  }, 30_000);

  it('is replaced when its file can be read again, where the store is away when it is lost: rows are refused until then, not lost', async () => {
    const [store, away] = [join(folder, 'store'), join(folder, 'away')];
    await mkdir(store);
    await writeFile(join(store, 'model.onnx'), labouringModel(2));
    const clock = new ManualClock();
    const losses: string[] = [];
    const model = await load({
      files: filesOf(join(store, 'model.onnx')),
      clock,
      hangMs: 300,
      onWorkerLost: (error) => losses.push(error.message),
    });
    await rename(store, away);
    const unreachable = {
      code: 'MODEL_STORE_UNREACHABLE',
      detail: expect.stringContaining(join(store, 'model.onnx')),
    };
    let refusal: unknown;
    score(model, [[4000, 0]]).catch((error: unknown) => (refusal = error));
    const tick = (): unknown => {
      clock.advance(100);
      return refusal;
    };
    await expect.poll(tick, { interval: 20, timeout: 20_000 }).toMatchObject(unreachable);
    await expect(score(model, [[7, 1]])).rejects.toMatchObject(unreachable);
    await rename(away, store);
    clock.advance(1000);
    expect(await score(model, [[7, 1]])).toEqual([[7]]);
    expect(losses).toEqual(['the worker did not answer for 300 ms']);
  }, 60_000);

  it('ends behind its call when the model is closed', async () => {
    const model = await loadBytes(labouringModel(2));
    const refused = score(model, [[10_000, 0]]).catch((error: unknown) => error);
    await setTimeout(100);
    await model.close();
    expect(await refused).toMatchObject({ code: 'MODEL_UNUSABLE' });
    expect(stuckWorkers().size).toBe(0);
  }, 30_000);

  it('fails alone the row for which there is not enough memory', async () => {
    const model = await loadBytes(labouringModel(2));
    const rows = [
      [1, 0],
      [1e12, 0],
      [3, 0],
    ] as const;
    expect(await score(model, rows)).toEqual([[1], 'MODEL_FAILED', [3]]);
  });
});

describe('readSignature', () => {
  it('tells what a model takes and gives', async () => {
    await writeFile(join(folder, 'model.onnx'), labelledModel(2));
    expect(await readSignature(join(folder, 'model.onnx'), new SystemClock())).toEqual({
      inputs: [{ name: 'features', type: 'float32', shape: ['N', 2] }],
      outputs: [
        { name: 'label', type: 'int64', shape: ['N', 1] },
        { name: 'sum', type: 'float32', shape: ['N', 1] },
      ],
    });
  });

  it('says that a file is no model', async () => {
    await expect(readSignature(join(folder, 'none.onnx'), new SystemClock())).rejects.toBeInstanceOf(AppError);
  });
});
