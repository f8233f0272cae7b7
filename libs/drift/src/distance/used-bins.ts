/** Live and reference counts on the same bins. */
export interface CountsPair {
  readonly live: readonly number[];
  readonly reference: readonly number[];
}

/**
 * Leaves out the bins that have a count on neither side: an unused `missing`, say, does not exist and adds no degree of
 * freedom.
 *
 * ```ts
 * usedBins([3, 0, 1], [5, 0, 0]); // { live: [3, 1], reference: [5, 0] }
 * ```
 */
export function usedBins(live: ArrayLike<number>, reference: ArrayLike<number>): CountsPair {
  const used = { live: [] as number[], reference: [] as number[] };
  for (let bin = 0; bin < reference.length; bin++) {
    const s = live[bin] ?? 0;
    const r = reference[bin] ?? 0;
    if (s === 0 && r === 0) continue;
    used.live.push(s);
    used.reference.push(r);
  }
  return used;
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
