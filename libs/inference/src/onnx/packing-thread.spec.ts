import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { BatchBuffers } from './batch-buffers.ts';
import { PackingThread } from './packing-thread.ts';
import type { VectorBatch } from './vector-batch.ts';

describe('PackingThread', () => {
  it('uses the same memory again, also behind a batch that failed', async () => {
    const outcomes = [
      null,
      new AppError('MODEL_FAILED', 'a row is refused'),
      new AppError('MODEL_FAILED', 'again'),
      null,
    ];
    const slots = new Set<number>();
    const thread = {
      lost: false,
      async run(batch: VectorBatch): Promise<VectorBatch> {
        slots.add(batch.slot.id);
        const outcome = outcomes.shift();
        if (outcome) throw outcome;
        return batch;
      },
      async stop(): Promise<void> {},
    };
    const shape = { width: 1, inputName: 'x', fixedRows: null, outputNames: ['y'], columns: 1 };
    const packing = new PackingThread(thread, new BatchBuffers(shape, 8));
    while (outcomes.length > 0) await packing.run([Float32Array.of(1)]).catch(() => null);
    expect(slots.size).toBe(1);
  });
});
