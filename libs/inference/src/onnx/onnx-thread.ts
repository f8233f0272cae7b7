import { Worker } from 'node:worker_threads';

import { AppError, type Clock } from '@millrace/core';

import type { ProviderRefusal } from '../provider-refusal.ts';
import type { ModelSignature } from '../signature.ts';
import { endWorker, stuckWorkers } from './end-worker.ts';
import { NativeGate } from './native-gate.ts';
import { ThreadLost } from './thread-lost.ts';
import type { VectorBatch } from './vector-batch.ts';
import {
  buffersOf,
  type SlotToRun,
  type WorkerAnswer,
  type WorkerBatch,
  type WorkerGreeting,
  type WorkerSetup,
} from './worker-protocol.ts';

/** How long a worker that is stopped may take to end; in a call of the runtime it cannot be stopped. */
const STOP_MS = 10_000;
/** So many workers that never came back are no longer the fault of some rows. */
const MOST_STUCK = 32;
/** Why a batch is watched no more. Without a reason each would have an error made, with a stack that nobody reads. */
const ANSWERED = 'answered';

export interface ThreadOptions {
  readonly setup: Omit<WorkerSetup, 'gate'>;
  readonly clock: Clock;
  /** A worker that works on one batch for longer hangs. */
  readonly hangMs: number;
  /** A worker that does not load its model within this time hangs. */
  readonly loadMs: number;
  /** Another program for the worker: tests of workers that misbehave. */
  readonly script?: URL;
}

interface Pending {
  readonly batch: WorkerBatch;
  readonly resolve: (batch: WorkerBatch) => void;
  readonly reject: (error: unknown) => void;
}

/** A worker thread with a model in it. Once lost it stays lost. */
export class OnnxThread {
  readonly signature: ModelSignature;
  readonly provider: string;
  readonly refused: readonly ProviderRefusal[];
  readonly #worker: Worker;
  readonly #gate: NativeGate;
  readonly #options: ThreadOptions;
  readonly #pending: Pending[] = [];
  /** By their ids. */
  readonly #shown = new Set<number>();
  #watch: AbortController | null = null;
  #lost: ThreadLost | null = null;
  #ended: Promise<void> = Promise.resolve();

  private constructor(
    worker: Worker,
    gate: NativeGate,
    greeting: WorkerGreeting & { kind: 'ready' },
    options: ThreadOptions,
  ) {
    this.#worker = worker;
    this.#gate = gate;
    this.#options = options;
    this.signature = greeting.signature;
    this.provider = greeting.provider;
    this.refused = greeting.refused;
    worker.on('message', (answer: WorkerAnswer) => this.#onAnswer(answer));
    worker.on('error', (error) =>
      this.#lose(`the worker died (${error instanceof Error ? error.message : String(error)})`),
    );
    worker.on('exit', (code) => this.#lose(`the worker ended with status ${code}`));
  }

  /** @throws AppError `MODEL_INVALID`, `CONFIG_INVALID`; `MODEL_UNUSABLE` where too many workers hang already */
  static async start(options: ThreadOptions): Promise<OnnxThread> {
    const { size } = stuckWorkers();
    if (size >= MOST_STUCK)
      throw new AppError(
        'MODEL_UNUSABLE',
        `${size} workers that hang in ONNX Runtime have not ended; restart the process`,
      );
    const script =
      options.script ??
      new URL(import.meta.url.endsWith('.ts') ? './onnx-worker.ts' : './onnx-worker.js', import.meta.url);
    const gate = new NativeGate();
    const worker = new Worker(script, { workerData: { ...options.setup, gate: gate.shared } satisfies WorkerSetup });
    const greeting = await firstWord(worker, options);
    if (greeting.kind === 'ready') return new OnnxThread(worker, gate, greeting, options);
    void endWorker(worker, gate);
    if (greeting.kind === 'misconfigured') throw new AppError('CONFIG_INVALID', greeting.reason);
    throw new AppError('MODEL_INVALID', `${options.setup.modelFile}: ${greeting.reason}`);
  }

  get lost(): boolean {
    return this.#lost !== null;
  }

  /**
   * Runs a batch behind those that it was handed before; one of its kind comes back. Vectors stay where they are, the
   * arrays of tensors are gone.
   *
   * @throws ThreadLost, AppError `MODEL_FAILED`
   */
  run<Batch extends WorkerBatch>(batch: Batch): Promise<Batch> {
    if (this.#lost) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#pending.push({ batch, resolve: resolve as Pending['resolve'], reject });
      this.#ask(batch);
      if (this.#pending.length === 1) this.#watchNext();
    });
  }

  /** Resolves when no worker is left that was stopped or lost, or after ten seconds: one may hang for ever. */
  async stop(): Promise<void> {
    this.#lose('the worker was stopped');
    const waited = new AbortController();
    const { clock } = this.#options;
    await Promise.race([Promise.all([this.#ended, ...stuckWorkers()]), clock.sleep(STOP_MS, waited.signal)]);
    waited.abort();
  }

  #onAnswer(answer: WorkerAnswer): void {
    const asked = this.#pending.shift();
    this.#watchNext();
    if (answer.kind === 'failed') asked?.reject(new AppError('MODEL_FAILED', answer.reason));
    else if (answer.kind === 'computed') asked?.resolve(answer.batch);
    else asked?.resolve({ ...(asked.batch as VectorBatch), lost: answer.lost });
  }

  #ask(batch: WorkerBatch): void {
    if ('tensors' in batch) return this.#worker.postMessage(batch, buffersOf(batch));
    const { slot, rows } = batch;
    this.#worker.postMessage({ slot: this.#shown.has(slot.id) ? slot.id : slot, rows } satisfies SlotToRun, []);
    this.#shown.add(slot.id);
  }

  /** From now on the worker works on the oldest batch. */
  #watchNext(): void {
    this.#watch?.abort(ANSWERED);
    this.#watch = null;
    if (this.#pending.length > 0) void this.#watchFor(this.#options.hangMs);
  }

  async #watchFor(hangMs: number): Promise<void> {
    const watch = new AbortController();
    this.#watch = watch;
    await this.#options.clock.sleep(hangMs, watch.signal);
    if (!watch.signal.aborted) this.#lose(`the worker did not answer for ${hangMs} ms`);
  }

  #lose(why: string): void {
    if (this.#lost) return;
    this.#lost = new ThreadLost(why);
    this.#watch?.abort();
    this.#ended = endWorker(this.#worker, this.#gate);
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost);
  }
}

async function firstWord(worker: Worker, { clock, loadMs }: ThreadOptions): Promise<WorkerGreeting> {
  const heard = new AbortController();
  try {
    return await new Promise<WorkerGreeting>((resolve) => {
      const refuse = (reason: string): void => resolve({ kind: 'refused', reason });
      worker.once('message', resolve);
      worker.once('error', (error) => refuse(error instanceof Error ? error.message : String(error)));
      worker.once('exit', (code) => refuse(`the worker ended with status ${code} while it loaded the model`));
      void clock
        .sleep(loadMs, heard.signal)
        .then(() => refuse(`the worker did not load the model within ${loadMs} ms`));
    });
  } finally {
    heard.abort();
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
  }
}
