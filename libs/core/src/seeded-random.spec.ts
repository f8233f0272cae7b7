import { describe, expect, it } from 'vitest';

import { seededRandom } from './seeded-random.ts';

const take = (seed: number, count: number): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

describe('numbers from a seed', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(take(7, 100)).toEqual(take(7, 100));
    expect(take(7, 100)).not.toEqual(take(8, 100));
    expect(take(1, 1)).toEqual([0.6270739405881613]);
  });

  it('lie evenly in [0, 1)', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const value of take(3, 100_000))
      counts[Math.floor(value * 10)] = (counts[Math.floor(value * 10)] ?? Number.NaN) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9); // exceeded once in a thousand such samples
  });
});
