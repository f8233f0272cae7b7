import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { examplesOf, runExample, type PageExample } from './page-examples.ts';
import { printedBy } from './printed-by.ts';
import { pythonWith } from './python-environment.ts';
import { removeTopics } from './remove-topics.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { addSimpleModel } from './simple-model.ts';
import { WORKED_ROWS } from './worked-rows.ts';

const PACKAGES = ['tritonclient[http,grpc]==2.73.0'];
const PROBABILITIES = WORKED_ROWS.map(({ probability }) => probability);

/** What both scripts print. */
interface FoundByBoth {
  readonly live: boolean;
  readonly ready: boolean;
  readonly model_ready: readonly boolean[];
  readonly server: { readonly name: string; readonly extensions: readonly string[] };
  readonly metadata: object;
  readonly config: object;
  readonly index: readonly object[];
  readonly id: string;
  readonly async: readonly number[];
  readonly aio: readonly number[];
  readonly classes: readonly string[];
  readonly statistics: object;
  /** Status and message. */
  readonly refused: Readonly<Record<string, readonly [string, string] | null>>;
}

/** What `triton-client.py` prints. */
interface Found extends FoundByBoth {
  /** Type, shape and elements, by how they were asked for. */
  readonly scores: Readonly<Record<string, readonly [string, readonly number[], readonly number[]]>>;
  /** Least and greatest of 400 copies of each row. */
  readonly large: Readonly<Record<string, readonly [readonly number[], readonly number[]]>>;
}

/** What `triton-grpc-client.py` prints. */
interface FoundByGrpc extends FoundByBoth {
  readonly scores: Readonly<Record<string, readonly [string, readonly number[], readonly number[]]>>;
  readonly large: readonly [readonly number[], readonly number[]];
  readonly cancelled: string;
  readonly stream: {
    readonly ids: readonly string[];
    readonly scores: readonly number[];
    readonly wrong: string;
    readonly last: readonly number[];
  };
  readonly aio_ready: readonly boolean[];
  readonly aio_stream: readonly number[];
  readonly typed: readonly number[];
}

/** Whether sum and difference were right, and of which type. */
type SimpleAnswer = readonly [boolean, string];

interface SimpleFlow {
  readonly before: boolean;
  readonly loaded: boolean;
  readonly health: readonly boolean[];
  readonly answers: readonly SimpleAnswer[];
  readonly only: readonly boolean[];
  readonly aio: SimpleAnswer;
  readonly after: boolean;
}

/** What `triton-simple.py` prints. */
interface FoundOfSimple {
  readonly http: SimpleFlow & { readonly async: SimpleAnswer };
  readonly grpc: SimpleFlow;
  readonly stream: readonly SimpleAnswer[];
  readonly metadata: object;
  readonly config: object;
}

describe("Triton's client from PyPI, unchanged, against a scorer", () => {
  let pipeline: ScratchPipeline;
  let found: Found;
  let byGrpc: FoundByGrpc;
  let ofSimple: FoundOfSimple;
  const ran: [PageExample, string][] = [];

  beforeAll(async () => {
    const python = await pythonWith(PACKAGES);
    pipeline = await makeScratchPipeline();
    await addSimpleModel(pipeline);
    await using millrace = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
    const { host } = new URL(millrace.urls['scorer'] ?? '');
    found = (await printedBy(python, 'test/e2e/triton-client.py', host, 'arrival-delay')) as Found;
    const { grpcHost } = millrace;
    byGrpc = (await printedBy(python, 'test/e2e/triton-grpc-client.py', grpcHost, 'arrival-delay')) as FoundByGrpc;
    ofSimple = (await printedBy(python, 'test/e2e/triton-simple.py', host, grpcHost)) as FoundOfSimple;
    const there = ({ source }: PageExample): string =>
      source.replaceAll('127.0.0.1:8082', host).replaceAll('127.0.0.1:8084', grpcHost);
    for (const example of await examplesOf('docs/inference.md'))
      ran.push([example, await runExample({ ...example, source: there(example) }, python)]);
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const near = (scores: readonly number[]): void =>
    scores.forEach((score, i) => expect(score).toBeCloseTo(PROBABILITIES[i] as number, 5));

  it('sees the server live, and of the models the one that is loaded', () => {
    expect([found.live, found.ready, found.model_ready]).toEqual([true, true, [true, true, false, false]]);
    expect(found.server).toMatchObject({
      name: 'millrace',
      extensions: expect.arrayContaining(['binary_tensor_data']),
    });
    expect(found.index).toContainEqual({ name: 'arrival-delay', version: '1', state: 'READY', reason: '' });
  });

  it('reads what the model takes and gives, under the names of its file', () => {
    expect(found.metadata).toMatchObject({
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 20] }],
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
    });
    expect(found.config).toMatchObject({
      max_batch_size: 16_384,
      input: [{ name: 'features', data_type: 'TYPE_FP32', dims: [20] }],
    });
  });

  it('gets the probabilities of the worked rows in JSON, in bytes, gzipped and deflated, NaN among the features', () => {
    const all = Object.values(found.scores);
    expect(all).toHaveLength(36);
    for (const one of all) expect(one).toEqual(['float32', [WORKED_ROWS.length, 1], all[0]?.[2]]);
    near(all[0]?.[2] ?? []);
    expect(found.id).toBe('r1');
  });

  it('gets large answers in both codings', () => {
    for (const [least, greatest] of Object.values(found.large)) {
      expect(least).toEqual(greatest);
      near(least);
    }
  });

  it('gets them asynchronously, too', () => {
    near(found.async);
    near(found.aio);
    expect([found.async.length, found.aio.length]).toEqual([WORKED_ROWS.length, WORKED_ROWS.length]);
  });

  it('gets classes, and counts of what was done', () => {
    expect(found.classes).toEqual(['0.537213:0']);
    expect(found.statistics).toMatchObject({
      model_stats: [{ name: 'arrival-delay', inference_stats: { success: { count: 41 }, fail: { count: 0 } } }],
    });
  });

  it('gets what docs/inference.md shows, and so does curl', () => {
    expect(ran.map(([, output]) => output)).toEqual(ran.map(([example]) => example.output));
    expect(ran.map(([{ language }]) => language)).toEqual(['sh', 'sh', 'sh', 'python', 'python']);
  });

  it('is told what is wrong', () => {
    expect(found.refused).toEqual({
      shape: ['400', expect.stringContaining('features has the shape [5, 3]; the model takes features FP32 [-1, 20]')],
      type: ['400', expect.stringContaining('features is FP64')],
      model: ['404', expect.stringContaining('there is no nobody here')],
      version: ['404', expect.stringContaining('there is no arrival-delay 7 here')],
      output: ['400', expect.stringContaining('outputs has p; the model has probability')],
      load: ['404', expect.stringContaining('nobody')],
      unload: ['409', expect.stringContaining('arrival-delay 1 was not loaded by a client')],
      shared_memory: ['404', expect.stringContaining('systemsharedmemory')],
    });
  });

  it('loads the model of its examples, gets sums and differences by both doors, and unloads it', () => {
    const right: SimpleAnswer = [true, 'int32'];
    const flow = { before: false, loaded: true, health: [true, true], only: [true, true], aio: right, after: false };
    expect(ofSimple.http).toEqual({ ...flow, answers: [right, right], async: right });
    expect(ofSimple.grpc).toEqual({ ...flow, answers: [right] });
    expect(ofSimple.stream).toEqual([right, right, right]);
    expect(ofSimple.metadata).toMatchObject({
      name: 'simple',
      versions: ['1'],
      inputs: ['INPUT0', 'INPUT1'].map((name) => ({ name, datatype: 'INT32', shape: [-1, 16] })),
      outputs: ['OUTPUT0', 'OUTPUT1'].map((name) => ({ name, datatype: 'INT32', shape: [-1, 16] })),
    });
    expect(ofSimple.config).toMatchObject({ input: [{ name: 'INPUT0', data_type: 'TYPE_INT32', dims: ['16'] }, {}] });
  });

  describe('by gRPC', () => {
    it('sees the server live, and of the models the one that is loaded', () => {
      expect([byGrpc.live, byGrpc.ready, byGrpc.model_ready]).toEqual([true, true, [true, true, false, false]]);
      expect(byGrpc.aio_ready).toEqual([true, true]);
      expect(byGrpc.server).toMatchObject({ name: 'millrace' });
      expect(byGrpc.index).toContainEqual({ name: 'arrival-delay', version: '1', state: 'READY' });
    });

    it('reads what the model takes and gives', () => {
      expect(byGrpc.metadata).toMatchObject({
        inputs: [{ name: 'features', datatype: 'FP32', shape: ['-1', '20'] }],
        outputs: [{ name: 'probability', datatype: 'FP32', shape: ['-1', '1'] }],
      });
      expect(byGrpc.config).toMatchObject({
        backend: 'onnxruntime',
        max_batch_size: 16_384,
        input: [{ name: 'features', data_type: 'TYPE_FP32', dims: ['20'] }],
        instance_group: [{ kind: 'KIND_CPU' }],
      });
    });

    it('gets the probabilities of the worked rows, the same as over HTTP, compressed or not, raw or typed', () => {
      const [first] = Object.values(found.scores);
      expect(Object.keys(byGrpc.scores)).toEqual(['None', 'gzip', 'deflate']);
      for (const one of Object.values(byGrpc.scores)) expect(one).toEqual(first);
      for (const scores of [byGrpc.async, byGrpc.aio, byGrpc.typed, ...byGrpc.large])
        expect(scores).toEqual(first?.[2]);
      expect([byGrpc.id, byGrpc.classes]).toEqual(['r1', ['0.537213:0']]);
    });

    it('gets an answer to each request of a stream, in order, and one that is wrong does not end it', () => {
      const [first] = Object.values(found.scores);
      expect(byGrpc.stream).toEqual({
        ids: WORKED_ROWS.map((_, i) => String(i)),
        scores: first?.[2],
        wrong: expect.stringContaining('features has the shape [5, 3]'),
        last: first?.[2],
      });
      expect(byGrpc.aio_stream).toEqual(first?.[2]);
    });

    it('gets counts of what was done', () => {
      expect(byGrpc.statistics).toMatchObject({
        model_stats: [{ name: 'arrival-delay', inference_stats: { success: { count: expect.any(String) } } }],
      });
    });

    it('is told what is wrong', () => {
      expect(byGrpc.cancelled).toBe('StatusCode.CANCELLED');
      expect(byGrpc.refused).toEqual({
        shape: ['StatusCode.INVALID_ARGUMENT', expect.stringContaining('features has the shape [5, 3]')],
        type: ['StatusCode.INVALID_ARGUMENT', expect.stringContaining('features is FP64')],
        model: ['StatusCode.NOT_FOUND', expect.stringContaining('there is no nobody here')],
        version: ['StatusCode.NOT_FOUND', expect.stringContaining('there is no arrival-delay 7 here')],
        output: ['StatusCode.INVALID_ARGUMENT', expect.stringContaining('outputs has p; the model has probability')],
        late: ['StatusCode.DEADLINE_EXCEEDED', expect.any(String)],
        too_large: ['StatusCode.RESOURCE_EXHAUSTED', expect.stringContaining('larger than max')],
        load: ['StatusCode.NOT_FOUND', expect.stringContaining('nobody')],
        unload: ['StatusCode.FAILED_PRECONDITION', expect.stringContaining('arrival-delay 1 was not loaded')],
        shared_memory: ['StatusCode.UNIMPLEMENTED', expect.any(String)],
      });
    });
  });
});
