import { describe, expect, it } from 'vitest';

import { ownMemory } from './own-memory.ts';

describe("a partition's part of a response", () => {
  it('never keeps more than a few times its own size in memory', () => {
    const response = Buffer.allocUnsafeSlow(1 << 20).fill(7);
    for (const bytes of [1, 100, 5000, 200_000, 600_000]) {
      const own = ownMemory(response.subarray(10, 10 + bytes));
      expect(own.equals(response.subarray(10, 10 + bytes))).toBe(true);
      expect(own.buffer.byteLength).toBeLessThanOrEqual(4 * bytes);
    }
  });

  it('is not copied where it is most of the response', () => {
    const response = Buffer.allocUnsafeSlow(1000);
    expect(ownMemory(response.subarray(500)).buffer).toBe(response.buffer);
  });
});
