import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { BatchBuffers } from './batch-buffers.ts';
import { runPacked } from './run-packed.ts';
import { ThreadLost } from './thread-lost.ts';
import type { VectorBatch } from './vector-batch.ts';

const SHAPE = { width: 1, inputName: 'x', fixedRows: null, outputNames: ['y'], columns: 1 };

/** Runs `outcomes` one after the other, each in whatever slot it is packed in. */
async function slotsOf(outcomes: readonly (Error | null)[]): Promise<readonly number[]> {
  const packer = new BatchBuffers(SHAPE, 8);
  const slots: number[] = [];
  for (const outcome of outcomes) {
    const thread = {
      async run(batch: VectorBatch): Promise<VectorBatch> {
        slots.push(batch.slot.id);
        if (outcome) throw outcome;
        return batch;
      },
    };
    await runPacked(thread, packer, [Float32Array.of(1)]).catch(() => null);
  }
  return slots.map((slot) => slot - (slots[0] as number));
}

describe('runPacked', () => {
  it('uses the same memory again, also behind a batch that failed', async () => {
    const failed = new AppError('MODEL_FAILED', 'a row is refused');
    expect(await slotsOf([null, failed, failed, null])).toEqual([0, 0, 0, 0]);
  });

  it('never uses memory again that a lost thread may still write to', async () => {
    expect(await slotsOf([new ThreadLost('it hangs'), null, null])).toEqual([0, 1, 1]);
  });
});
