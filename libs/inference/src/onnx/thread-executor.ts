import type { BatchExecutor } from '@millrace/batching';
import { AppError, isAppError, messageOf } from '@millrace/core';

import type { BatchPacker } from './batch-packer.ts';
import type { OnnxThread } from './onnx-thread.ts';
import { runPacked, type BatchThread } from './run-packed.ts';
import { ThreadLost } from './thread-lost.ts';
import type { WorkerBatch } from './worker-protocol.ts';

/** What the executor needs of a thread. */
export interface ExecutorThread<Batch extends WorkerBatch>
  extends BatchThread<Batch>, Pick<OnnxThread, 'lost' | 'stop'> {}

export interface ThreadExecutorOptions<Row, Result, Batch extends WorkerBatch> {
  /** The first thread, already running. */
  readonly thread: ExecutorThread<Batch>;
  readonly packer: BatchPacker<Row, Result, Batch>;
  /** A row that the model is known to take. */
  readonly sample: Row;
  /**
   * A thread for the one that was lost.
   *
   * @throws ThreadLost where it was lost as well; AppError `MODEL_STORE_UNREACHABLE` where none can be had now
   */
  startAnother(): Promise<ExecutorThread<Batch>>;
  /** A thread was lost and is replaced, as soon as another can be had. Must not throw. */
  readonly onLost: (error: ThreadLost) => void;
}

/**
 * Runs batches in a worker thread and replaces the thread when it dies or hangs. What was in it then runs once more,
 * alone in the new one, because the reason may have passed or be a neighbour. A batch that loses the thread again is to
 * blame if the model still answers its sample row (`MODEL_FAILED`: it will come again in halves); if it does not, the
 * model is (`MODEL_UNUSABLE`). Where no other thread can be had for now, the next batch asks for one again.
 */
export class ThreadExecutor<Row, Result, Batch extends WorkerBatch> implements BatchExecutor<Row, Result> {
  readonly #options: ThreadExecutorOptions<Row, Result, Batch>;
  #thread: ExecutorThread<Batch>;
  /** Of which `onLost` knows. */
  #missed: ExecutorThread<Batch> | null = null;
  /** Settles when no batch needs the thread for itself any more. */
  #alone: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ThreadExecutorOptions<Row, Result, Batch>) {
    this.#options = options;
    this.#thread = options.thread;
  }

  async run(rows: readonly Row[]): Promise<readonly Result[]> {
    await this.#alone;
    try {
      return await runPacked(this.#thread, this.#options.packer, rows);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      if (this.#closed) throw new AppError('MODEL_UNUSABLE', 'it has been closed');
      return this.#exclusively(() => this.#again(rows, error));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#alone;
    await this.#thread.stop();
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#alone.then(task);
    this.#alone = done.catch(() => undefined);
    return done;
  }

  async #again(rows: readonly Row[], lost: ThreadLost): Promise<readonly Result[]> {
    try {
      return await runPacked(await this.#healthyThread(lost), this.#options.packer, rows);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      await this.#proveModel(error);
      throw new AppError('MODEL_FAILED', `${error.message}, and again alone in a new one`);
    }
  }

  /** @throws AppError `MODEL_UNUSABLE`, and what `startAnother` throws */
  async #proveModel(lost: ThreadLost): Promise<void> {
    try {
      await runPacked(await this.#healthyThread(lost), this.#options.packer, [this.#options.sample]);
    } catch (cause) {
      if (isAppError(cause, 'MODEL_FAILED')) return;
      if (isAppError(cause)) throw cause;
      throw new AppError('MODEL_UNUSABLE', `${messageOf(cause)}, even for its sample row`, { cause });
    }
  }

  async #healthyThread(lost: ThreadLost): Promise<ExecutorThread<Batch>> {
    if (this.#thread.lost) {
      if (this.#missed !== this.#thread) this.#options.onLost(lost);
      this.#missed = this.#thread;
      this.#thread = await this.#options.startAnother();
    }
    return this.#thread;
  }
}
