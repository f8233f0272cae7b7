import { describe, expect, it } from 'vitest';

import { BufferPool } from './buffer-pool.ts';

describe('the pool of buffers', () => {
  it('gives the same memory again, where it is large enough', () => {
    const pool = new BufferPool(1 << 20);
    const first = pool.take(10_000);
    expect(first.length).toBeGreaterThanOrEqual(10_000);
    pool.give(first);
    expect(pool.take(40_000)).not.toBe(first);
    expect(pool.take(9000)).toBe(first);
    expect(pool.take(9000)).not.toBe(first);
  });

  it('keeps no more than its bound', () => {
    const pool = new BufferPool(64 << 10);
    const taken = Array.from({ length: 20 }, () => pool.take(8 << 10));
    for (const buffer of taken) pool.give(buffer);
    expect(pool.keptBytes).toBe(64 << 10);
    pool.give(pool.take(1 << 20));
    expect(pool.keptBytes).toBe(64 << 10);
  });
});
