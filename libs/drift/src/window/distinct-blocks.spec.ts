import { seededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { countBlocks, mergedBlocks } from './distinct-blocks.ts';

describe('distinct blocks', () => {
  const random = seededRandom(3);
  const hashes = Array.from({ length: 50_000 }, () => Math.floor(random() * 2 ** 32));

  it('are counted exactly while there are few, however often each comes', () => {
    const few = hashes.slice(0, 1000);
    expect(countBlocks(mergedBlocks(few, [...few, ...few]))).toBe(1000);
    expect(countBlocks(mergedBlocks([], []))).toBe(0);
  });

  it('are counted within some per cent where there are many, in bounded memory', () => {
    for (const many of [2000, 10_000, 50_000]) {
      const sketch = mergedBlocks(hashes.slice(0, many), []);
      expect(sketch).toHaveLength(1024);
      expect(Math.abs(countBlocks(sketch) / many - 1)).toBeLessThan(0.1);
    }
  });

  it('are the same in whatever parts and order they come', () => {
    const parts = [0, 1, 2].map((part) =>
      mergedBlocks(
        hashes.filter((_, i) => i % 3 === part),
        hashes.slice(0, 9),
      ),
    );
    const whole = mergedBlocks(hashes, []);
    const joined = (order: readonly number[]) =>
      order.reduce<readonly number[]>((all, part) => mergedBlocks(all, parts[part] ?? []), []);
    expect(joined([0, 1, 2])).toEqual(whole);
    expect(joined([2, 0, 1])).toEqual(whole);
  });
});
