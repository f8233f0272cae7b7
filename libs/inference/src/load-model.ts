import { availableParallelism } from 'node:os';

import { MicroBatcher, type BatchObserver, type Source } from '@millrace/batching';
import { AppError, type Clock } from '@millrace/core';

import { checkFits } from './check-fits.ts';
import type { ModelPort } from './model-port.ts';
import { BatchBuffers } from './onnx/batch-buffers.ts';
import { OnnxThread } from './onnx/onnx-thread.ts';
import { ThreadExecutor } from './onnx/thread-executor.ts';
import { ThreadLost } from './onnx/thread-lost.ts';
import { warmUp } from './onnx/warm-up.ts';
import { refuseNan } from './refuse-nan.ts';
import type { ModelFiles } from './registry/model-registry.ts';
import { ScoreCache, type CacheObserver, type CacheSetting } from './score-cache.ts';
import { selectOutputs } from './select-outputs.ts';
import type { ModelSignature, TensorSpec } from './signature.ts';
import { tensorInfo } from './tensor-info.ts';
import type { TensorModel } from './tensor-model.ts';
import { vectorTensorModel } from './vector-tensor-model.ts';

export interface LoadModelOptions {
  readonly files: ModelFiles;
  /** Names of the features, in the vector's order. */
  readonly vector: readonly string[];
  /** Published name by the model's output name; null: all, under their own names. */
  readonly outputs: ReadonlyMap<string, string> | null;
  /** Execution providers in order of preference; `['cpu']`. */
  readonly providers?: readonly string[];
  readonly batch: { readonly rows: number; readonly deadlineMs: number };
  /** Answers that are kept, unless the model is not deterministic; none. */
  readonly cache?: CacheSetting | null;
  readonly clock: Clock;
  /** Worker threads, a session each; one less than there are cores, at least one. */
  readonly workers?: number;
  /** A worker that works on one batch for longer is replaced; 10 s. */
  readonly hangMs?: number;
  /** What becomes of batches and rows: metrics. */
  readonly observer?: BatchObserver;
  readonly cacheObserver?: CacheObserver;
  /** A worker was lost and is replaced. Must not throw. */
  readonly onWorkerLost?: (error: Error) => void;
  /** Another program for the workers: tests of workers that misbehave. */
  readonly workerScript?: URL;
}

export interface LoadedModel extends ModelPort {
  readonly signature: ModelSignature;
  /** The execution provider that took it. */
  readonly provider: string;
  readonly workers: number;
  /** The same model for the doors. */
  readonly tensors: TensorModel;
  /** Rows of a source that wait for a batch. */
  queuedRows(source: Source): number;
  /** What its cache takes; null: it has none. */
  readonly cachedBytes: () => number | null;
  close(): Promise<void>;
}

const LOAD_MS = 60_000;
const HANG_MS = 10_000;
/** Of each source, batches' worth of rows that wait in the batcher, and how large they may be. */
const QUEUED_BATCHES = 64;
const QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Loads a version into worker threads, sees that it fits the vector, and warms it up.
 *
 * @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`
 */
export async function loadModel(options: LoadModelOptions): Promise<LoadedModel> {
  const threads = await startThreads(options);
  try {
    return await assemble(options, threads);
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.stop()));
    if (error instanceof ThreadLost)
      throw new AppError('MODEL_INVALID', `${options.files.modelFile}: on a row of zeros, ${error.message}`);
    throw error;
  }
}

/** The signature alone: the model is loaded in a thread and dropped again. */
export async function readSignature(modelFile: string, clock: Clock): Promise<ModelSignature> {
  const thread = await OnnxThread.start({
    setup: { modelFile, providers: ['cpu'] },
    clock,
    hangMs: HANG_MS,
    loadMs: LOAD_MS,
  });
  await thread.stop();
  return thread.signature;
}

async function startThreads(options: LoadModelOptions): Promise<readonly [OnnxThread, ...OnnxThread[]]> {
  const { workers = Math.max(1, availableParallelism() - 1) } = options;
  const started = await Promise.allSettled(Array.from({ length: workers }, () => startThread(options)));
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [first, ...others] = running;
  const failed = started.find((one) => one.status === 'rejected');
  if (first && !failed) return [first, ...others];
  await Promise.all(running.map((thread) => thread.stop()));
  throw failed?.reason ?? new AppError('CONFIG_INVALID', `a model needs at least one worker, found ${workers}.`);
}

function startThread({
  files,
  providers = ['cpu'],
  clock,
  hangMs = HANG_MS,
  workerScript,
}: LoadModelOptions): Promise<OnnxThread> {
  const setup = { modelFile: files.modelFile, providers };
  return OnnxThread.start({ setup, clock, hangMs, loadMs: LOAD_MS, ...(workerScript && { script: workerScript }) });
}

async function assemble(
  options: LoadModelOptions,
  threads: readonly [OnnxThread, ...OnnxThread[]],
): Promise<LoadedModel> {
  const { files, batch, vector, clock, observer, onWorkerLost = (): void => {} } = options;
  const [{ signature, provider }] = threads;
  const title = `${files.name} ${files.version}`;
  const input = checkFits(title, signature, vector, files.card?.features ?? null);
  const outputs = selectOutputs(title, signature, options.outputs);
  const outputNames = outputs.map(({ name }) => name);
  const buffers = new BatchBuffers(
    { width: vector.length, inputName: input.name, fixedRows: input.fixedRows, outputNames },
    batch.rows,
  );
  const sample = new Float32Array(vector.length);
  const warm = async (thread: OnnxThread): Promise<OnnxThread> => {
    await warmUp(thread, buffers, sample, [1, batch.rows]);
    return thread;
  };
  await Promise.all(threads.map(warm));
  const startAnother = async (): Promise<OnnxThread> => warm(await startThread(options));
  const executors = threads.map(
    (thread) => new ThreadExecutor({ thread, buffers, sample, startAnother, onLost: onWorkerLost }),
  );
  const bounds = { rows: batch.rows * QUEUED_BATCHES, bytes: QUEUED_BYTES };
  const batcher = new MicroBatcher<Float32Array, Float64Array>({
    executors,
    clock,
    maxRows: batch.rows,
    deadlineMs: batch.deadlineMs,
    bounds,
    bytesOf: ({ byteLength }) => byteLength,
    ...(observer && { observer }),
  });
  const submit: ModelPort['score'] = (vectors, how) => batcher.submit(vectors, how);
  const cache = openCache(options, outputs.length);
  const cached = cache?.over(submit) ?? submit;
  const score = files.card?.nan === false ? refuseNan(cached, vector) : cached;
  const about = { name: files.name, version: files.version, provider, workers: threads.length };
  const tensors = vectorTensorModel({
    ...about,
    batchRows: batch.rows,
    mostRows: bounds.rows,
    input: { name: input.name, datatype: 'FP32', shape: [-1, vector.length] },
    outputs: outputNames.map((name) => tensorInfo(signature.outputs.find((one) => one.name === name) as TensorSpec)),
    score,
  });
  return {
    ...about,
    outputs: outputs.map(({ published }) => published),
    signature,
    score,
    tensors,
    queuedRows: (source) => batcher.queuedRows(source),
    cachedBytes: () => cache?.bytes ?? null,
    close: async () => void (await Promise.all(executors.map((executor) => executor.close()))),
  };
}

function openCache(
  { cache, files, vector, clock, cacheObserver }: LoadModelOptions,
  outputs: number,
): ScoreCache | null {
  if (!cache || files.card?.deterministic === false) return null;
  return new ScoreCache({ ...cache, width: vector.length, outputs, clock, observer: cacheObserver });
}
