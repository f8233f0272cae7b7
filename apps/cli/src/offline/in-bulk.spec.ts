import { availableParallelism } from 'node:os';

import { describe, expect, it } from 'vitest';

import { inBulk } from './in-bulk.ts';

describe('a model that scores a file', () => {
  it('runs on all cores, in batches of 1,024 rows at least, each row with the time that it has in a stream', () => {
    const workers = availableParallelism();
    const deadlineMs = 20;
    expect(inBulk({ rows: 256, deadlineMs })).toEqual({ batch: { rows: 1024, deadlineMs }, workers, hangMs: 40_000 });
    expect(inBulk({ rows: 4096, deadlineMs })).toEqual({ batch: { rows: 4096, deadlineMs }, workers, hangMs: 10_000 });
  });
});
