import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import type { BatchExecutor } from './batch-executor.ts';
import { runIsolating } from './run-isolating.ts';

/** Doubles numbers; a batch with a negative one fails as a whole. */
class RefusesNegatives implements BatchExecutor<number, number> {
  runs = 0;

  async run(rows: readonly number[]): Promise<readonly number[]> {
    this.runs++;
    if (rows.some((row) => row < 0)) throw new AppError('MODEL_FAILED', 'negative');
    return rows.map((row) => row * 2);
  }
}

describe('runIsolating', () => {
  it('gives the neighbours of one bad row their results, in order', async () => {
    const executor = new RefusesNegatives();
    const rows = Array.from({ length: 256 }, (_, i) => (i === 77 ? -1 : i));
    const outcomes = await runIsolating(executor, rows);
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error.code))).toEqual(
      rows.map((row) => (row < 0 ? 'MODEL_FAILED' : row * 2)),
    );
    expect(executor.runs).toBe(17);
  });

  it('isolates several bad rows', async () => {
    const outcomes = await runIsolating(new RefusesNegatives(), [-1, 1, 2, -1, -1]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, true, true, false, false]);
  });

  it('blames no row for what is not its fault', async () => {
    const error = new Error('out of memory');
    const executor = { run: () => Promise.reject(error) };
    await expect(runIsolating(executor, [1, 2])).rejects.toBe(error);
  });
});
