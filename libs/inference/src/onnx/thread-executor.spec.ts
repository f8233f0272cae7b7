import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { BatchBuffers } from './batch-buffers.ts';
import { PackingThread, type BatchThread } from './packing-thread.ts';
import { ThreadExecutor } from './thread-executor.ts';
import { ThreadLost } from './thread-lost.ts';
import type { VectorBatch } from './vector-batch.ts';

/** Answers every row with its first feature once `turn` is called; a batch that `kills` loses the thread, and all that is in it. */
class ScriptedThread implements BatchThread<VectorBatch> {
  lost = false;
  stopped = false;
  readonly #kills: (rows: readonly number[]) => boolean;
  readonly #waiting: { batch: VectorBatch; resolve: (batch: VectorBatch) => void; reject: (error: Error) => void }[] =
    [];

  constructor(kills: (rows: readonly number[]) => boolean) {
    this.#kills = kills;
  }

  run(batch: VectorBatch): Promise<VectorBatch> {
    if (this.lost) return Promise.reject(new ThreadLost('it is gone'));
    return new Promise((resolve, reject) => this.#waiting.push({ batch, resolve, reject }));
  }

  /** Works on the oldest batch. */
  turn(): void {
    const next = this.#waiting[0];
    if (!next) return;
    const { slot, rows: count } = next.batch;
    const rows = [...slot.vectors.subarray(0, count)];
    if (!this.#kills(rows)) {
      slot.results.set(rows);
      this.#waiting.shift();
      next.resolve(next.batch);
      return;
    }
    this.lost = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new ThreadLost('the worker died'));
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

function setUp(
  kills: (rows: readonly number[], thread: number) => boolean,
  sampleValue = 0,
  refusals: (AppError | null)[] = [],
) {
  const threads: ScriptedThread[] = [];
  const start = (): ScriptedThread => {
    const own = threads.length;
    const thread = new ScriptedThread((rows) => kills(rows, own));
    threads.push(thread);
    return thread;
  };
  const shape = { width: 1, inputName: 'x', fixedRows: null, outputNames: ['y'], columns: 1 };
  const startPacking = () => new PackingThread(start(), new BatchBuffers(shape, 8));
  const losses: string[] = [];
  const executor = new ThreadExecutor({
    thread: startPacking(),
    sample: Float32Array.of(sampleValue),
    startAnother: async () => {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return startPacking();
    },
    onLost: (error) => losses.push(error.message),
  });
  const run = async (...rows: number[]): Promise<unknown> => {
    const results = await executor.run(rows.map((row) => Float32Array.of(row))).catch((error: unknown) => error);
    return Array.isArray(results) ? results.map(([value]) => value) : (results as AppError).code;
  };
  /** Lets the threads work, by default until nothing is left to do. */
  const work = async (turns = 400): Promise<void> => {
    for (let i = 0; i < turns; i++) {
      await Promise.resolve();
      if (i % 10 === 9) for (const thread of threads) thread.turn();
    }
  };
  return { run, work, threads, losses, executor };
}

describe('ThreadExecutor', () => {
  it('gives each row its results', async () => {
    const { run, work } = setUp(() => false);
    const results = [run(1, 2), run(3)];
    await work();
    expect(await Promise.all(results)).toEqual([[1, 2], [3]]);
  });

  it('runs a batch again in a new thread when the first one died under it', async () => {
    const { run, work, threads, losses } = setUp((_, thread) => thread === 0);
    const result = run(1, 2);
    await work();
    expect(await result).toEqual([1, 2]);
    expect(threads).toHaveLength(2);
    expect(losses).toEqual(['the worker died']);
  });

  it('blames the batch that kills two threads and not the one that lay behind it', async () => {
    const { run, work, threads } = setUp((rows) => rows.includes(13));
    const results = [run(13, 2), run(3), run(4)];
    await work();
    expect(await Promise.all(results)).toEqual(['MODEL_FAILED', [3], [4]]);
    expect(threads).toHaveLength(3);
  });

  it('holds new batches back while one runs alone: whenever another killer comes, nobody else is blamed', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const { run, work, threads } = setUp((rows) => rows.includes(13));
      const results = [run(13), run(3)];
      await work(turns);
      results.push(run(13), run(5));
      await work();
      expect(await Promise.all(results)).toEqual(['MODEL_FAILED', [3], 'MODEL_FAILED', [5]]);
      expect(threads.filter((thread) => !thread.lost)).toHaveLength(1);
    }
  });

  it('blames the model when its sample row kills the thread too', async () => {
    const { run, work } = setUp(() => true);
    const result = run(1);
    await work();
    expect(await result).toBe('MODEL_UNUSABLE');
  });

  it.each([
    ['for a batch that comes again', [true, true, false]],
    ['to prove the model', [false, true, true]],
  ])(
    'blames neither row nor model where no other thread can be had %s, and asks again with the next batch',
    async (_, away) => {
      const unreachable = new AppError('MODEL_STORE_UNREACHABLE', 'it is away');
      const refusals = away.map((is) => (is ? unreachable : null));
      const { run, work, losses } = setUp((rows) => rows.includes(13), 0, refusals);
      const results: unknown[] = [];
      for (const row of [13, 1, 2]) {
        const result = run(row);
        await work();
        results.push(await result);
      }
      expect(results).toEqual(['MODEL_STORE_UNREACHABLE', 'MODEL_STORE_UNREACHABLE', [2]]);
      expect(losses).toEqual(Array.from({ length: away[0] ? 1 : 2 }, () => 'the worker died'));
    },
  );

  it('refuses a vector of another length before it can shift its neighbours', async () => {
    const { executor } = setUp(() => false);
    await expect(executor.run([Float32Array.of(1, 2)])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  it('stops the thread that it has when it is closed', async () => {
    const { executor, threads } = setUp(() => false);
    await executor.close();
    expect(threads.map((thread) => thread.stopped)).toEqual([true]);
  });
});
