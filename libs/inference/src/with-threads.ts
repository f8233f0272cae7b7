import { availableParallelism } from 'node:os';

import { AppError, type Clock } from '@millrace/core';

import { OnnxThread } from './onnx/onnx-thread.ts';
import { ThreadLost } from './onnx/thread-lost.ts';
import type { ProviderRefusal } from './provider-refusal.ts';
import type { RunOptions } from './run-options.ts';
import type { ModelSignature } from './signature.ts';

const LOAD_MS = 60_000;
const HANG_MS = 10_000;

export type Threads = readonly [OnnxThread, ...OnnxThread[]];

/**
 * Loads a version into worker threads and makes something of them; where that fails, none is left.
 *
 * @throws AppError `MODEL_INVALID`, `CONFIG_INVALID`, and what `use` throws
 */
export async function withThreads<T>(options: RunOptions, use: (threads: Threads) => Promise<T>): Promise<T> {
  const threads = await startThreads(options);
  try {
    return await use(threads);
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.stop()));
    if (error instanceof ThreadLost)
      throw new AppError('MODEL_INVALID', `${options.files.modelFile}: on a row of zeros, ${error.message}`);
    throw error;
  }
}

export function startThread({
  files,
  providers = ['cpu'],
  threads = 1,
  clock,
  hangMs = HANG_MS,
  workerScript,
}: RunOptions): Promise<OnnxThread> {
  const setup = { modelFile: files.modelFile, providers, threads };
  return OnnxThread.start({ setup, clock, hangMs, loadMs: LOAD_MS, ...(workerScript && { script: workerScript }) });
}

/** Why preferred providers do not run the version. */
export function refusedBy(threads: Threads): readonly ProviderRefusal[] {
  return threads.flatMap(({ refused }) => refused);
}

/** The signature alone: the model is loaded in a thread and dropped again. */
export async function readSignature(modelFile: string, clock: Clock): Promise<ModelSignature> {
  const thread = await OnnxThread.start({
    setup: { modelFile, providers: ['cpu'], threads: 1 },
    clock,
    hangMs: HANG_MS,
    loadMs: LOAD_MS,
  });
  await thread.stop();
  return thread.signature;
}

async function startThreads(options: RunOptions): Promise<Threads> {
  const { threads = 1, workers = Math.max(1, Math.floor((availableParallelism() - 1) / threads)) } = options;
  const started = await Promise.allSettled(Array.from({ length: workers }, () => startThread(options)));
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [first, ...others] = running;
  const failed = started.find((one) => one.status === 'rejected');
  if (first && !failed) return [first, ...others];
  await Promise.all(running.map((thread) => thread.stop()));
  throw failed?.reason ?? new AppError('CONFIG_INVALID', `a model needs at least one worker, found ${workers}.`);
}
