import { availableParallelism } from 'node:os';

import { describe, expect, it } from 'vitest';

import { inBulk } from './in-bulk.ts';

describe('a model that scores a file', () => {
  it('runs on all cores, in batches of 1,024 rows at least, each row with the time that it has in a stream', () => {
    const workers = availableParallelism();
    const deadlineMs = 20;
    const found = (rows: number, run = {}) => inBulk({ rows, deadlineMs }, run);
    expect(found(256)).toEqual({ batch: { rows: 1024, deadlineMs }, workers, threads: 1, hangMs: 40_000 });
    expect(found(4096)).toMatchObject({ batch: { rows: 4096 }, hangMs: 10_000 });
    expect(found(256, { workers: 3, threads: 2, hangMs: 500 })).toMatchObject({ workers: 3, threads: 2, hangMs: 2000 });
    expect(found(256, { threads: workers }).workers).toBe(1);
  });
});
