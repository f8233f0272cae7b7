import type { CountsPair } from '../distance/used-bins.ts';

/** Two samples as counts on their distinct values, ascending: what is exact on bins is exact on the samples. */
export interface PooledCounts extends CountsPair {
  readonly points: readonly number[];
}

/**
 * Gives every distinct value of two samples a bin of its own. Values that are not finite are left out: they have no
 * place in an order.
 *
 * ```ts
 * pooledCounts([3, 1, 1], [1, 2]); // { points: [1, 2, 3], live: [2, 0, 1], reference: [1, 1, 0] }
 * ```
 */
export function pooledCounts(live: readonly number[], reference: readonly number[]): PooledCounts {
  const counted = new Map<number, [live: number, reference: number]>();
  [live, reference].forEach((sample, side) => {
    for (const value of sample.filter(Number.isFinite)) {
      const counts = counted.get(value + 0) ?? [0, 0];
      counts[side] = (counts[side] as number) + 1;
      counted.set(value + 0, counts);
    }
  });
  const ascending = [...counted].toSorted(([a], [b]) => a - b);
  return {
    points: ascending.map(([value]) => value),
    live: ascending.map(([, [count]]) => count),
    reference: ascending.map(([, [, count]]) => count),
  };
}
