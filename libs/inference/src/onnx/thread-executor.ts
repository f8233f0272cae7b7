import type { BatchExecutor } from '@millrace/batching';
import { AppError, isAppError, messageOf } from '@millrace/core';

import { ThreadLost } from './thread-lost.ts';

/** A thread that runs rows. */
export interface ExecutorThread<Row, Result> {
  readonly lost: boolean;
  /**
   * The results of rows, in order.
   *
   * @throws ThreadLost, AppError `MODEL_FAILED`
   */
  run(rows: readonly Row[]): Promise<readonly Result[]>;
  stop(): Promise<void>;
}

export interface ThreadExecutorOptions<Row, Result> {
  /** The first thread, already running. */
  readonly thread: ExecutorThread<Row, Result>;
  /** A row that the model is known to take. */
  readonly sample: Row;
  /**
   * A thread for the one that was lost.
   *
   * @throws ThreadLost where it was lost as well; AppError `MODEL_STORE_UNREACHABLE` where none can be had now
   */
  startAnother(): Promise<ExecutorThread<Row, Result>>;
  /** A thread was lost and is replaced, as soon as another can be had. Must not throw. */
  readonly onLost: (error: ThreadLost) => void;
}

/**
 * Runs batches in a worker thread and replaces the thread when it dies or hangs. What was in it then runs once more,
 * alone in the new one, because the reason may have passed or be a neighbour. A batch that loses the thread again is to
 * blame if the model still answers its sample row (`MODEL_FAILED`: it will come again in halves); if it does not, the
 * model is (`MODEL_UNUSABLE`). Where no other thread can be had for now, the next batch asks for one again.
 */
export class ThreadExecutor<Row, Result> implements BatchExecutor<Row, Result> {
  readonly #options: ThreadExecutorOptions<Row, Result>;
  #thread: ExecutorThread<Row, Result>;
  /** Of which `onLost` knows. */
  #missed: ExecutorThread<Row, Result> | null = null;
  /** Settles when no batch needs the thread for itself any more. */
  #alone: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ThreadExecutorOptions<Row, Result>) {
    this.#options = options;
    this.#thread = options.thread;
  }

  async run(rows: readonly Row[]): Promise<readonly Result[]> {
    await this.#alone;
    try {
      return await this.#thread.run(rows);
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
      const thread = await this.#healthyThread(lost);
      return await thread.run(rows);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      await this.#proveModel(error);
      throw new AppError('MODEL_FAILED', `${error.message}, and again alone in a new one`);
    }
  }

  /** @throws AppError `MODEL_UNUSABLE`, and what `startAnother` throws */
  async #proveModel(lost: ThreadLost): Promise<void> {
    try {
      const thread = await this.#healthyThread(lost);
      await thread.run([this.#options.sample]);
    } catch (cause) {
      if (isAppError(cause, 'MODEL_FAILED')) return;
      if (isAppError(cause)) throw cause;
      throw new AppError('MODEL_UNUSABLE', `${messageOf(cause)}, even for its sample row`, { cause });
    }
  }

  async #healthyThread(lost: ThreadLost): Promise<ExecutorThread<Row, Result>> {
    if (this.#thread.lost) {
      if (this.#missed !== this.#thread) this.#options.onLost(lost);
      this.#missed = this.#thread;
      this.#thread = await this.#options.startAnother();
    }
    return this.#thread;
  }
}
