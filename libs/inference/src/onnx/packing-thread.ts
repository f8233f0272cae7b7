import type { BatchPacker } from './batch-packer.ts';
import type { ExecutorThread } from './thread-executor.ts';
import type { WorkerBatch } from './worker-protocol.ts';

/** What runs batches: an `OnnxThread`. */
export interface BatchThread<Batch extends WorkerBatch> {
  readonly lost: boolean;
  run(batch: Batch): Promise<Batch>;
  stop(): Promise<void>;
}

/**
 * A thread that takes rows. Its packer is its own: a lost thread may still be at work in what was packed for it, so none
 * of that may come to another.
 */
export class PackingThread<Row, Result, Batch extends WorkerBatch> implements ExecutorThread<Row, Result> {
  readonly #thread: BatchThread<Batch>;
  readonly #packer: BatchPacker<Row, Result, Batch>;

  constructor(thread: BatchThread<Batch>, packer: BatchPacker<Row, Result, Batch>) {
    this.#thread = thread;
    this.#packer = packer;
  }

  get lost(): boolean {
    return this.#thread.lost;
  }

  async run(rows: readonly Row[]): Promise<readonly Result[]> {
    const batch = this.#packer.pack(rows);
    try {
      return this.#packer.unpack(await this.#thread.run(batch));
    } finally {
      this.#packer.free?.(batch);
    }
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
