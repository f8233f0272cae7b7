import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { expect, it } from 'vitest';

import { batchRows } from './batch-rows.ts';
import { BatchBuffers } from './onnx/batch-buffers.ts';
import type { VectorBatch } from './onnx/vector-batch.ts';
import type { RunOptions } from './run-options.ts';
import { withThreads } from './with-threads.ts';

const SHAPE = { width: 2, inputName: 'features', fixedRows: null, outputNames: ['first'], columns: 1 };
/** The feature that kills the worker. */
const KILLER = 1;

it('packs nothing more in what a lost worker was shown: its memory goes with it', async () => {
  const packed: number[][] = [];
  class NotedBuffers extends BatchBuffers {
    readonly #firsts: number[] = [];

    constructor() {
      super(SHAPE, 4);
      packed.push(this.#firsts);
    }

    override pack(rows: readonly Float32Array[]): VectorBatch {
      this.#firsts.push(...rows.map(([first]) => first as number));
      return super.pack(rows);
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'batch-rows-'));
  const options: RunOptions = {
    files: { name: 'small', version: '1', modelFile: join(folder, 'model.onnx'), profileFile: null, card: null },
    batch: { rows: 4, deadlineMs: 20 },
    clock: new SystemClock(),
    workers: 2,
    workerScript: new URL('./testing/misbehaving-worker.ts', import.meta.url),
  };
  const rows = await withThreads(options, (threads) =>
    batchRows<Float32Array, Float64Array, VectorBatch>(options, threads, {
      packer: () => new NotedBuffers(),
      sample: new Float32Array(2),
      maxRows: 4,
      bytesOf: ({ byteLength }) => byteLength,
    }),
  );
  for (const first of [5, KILLER, 6, 7, KILLER, 8, 9]) await rows.submit([Float32Array.of(first, 0)]);
  await rows.close();
  await rm(folder, { recursive: true });
  const killed = packed.filter((firsts) => firsts.includes(KILLER));
  expect(killed).toHaveLength(4);
  expect(killed.map((firsts) => firsts.at(-1))).toEqual([KILLER, KILLER, KILLER, KILLER]);
});
