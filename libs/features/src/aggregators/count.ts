import type { Contents } from '../window/contents.ts';

/** How many events, or how many values where the feature has an `of`. `[4, null, 6]` → 2; empty → 0. */
export function count({ entries, from, to, slot }: Contents): number {
  let total = 0;
  for (let i = from; i < to; i++) if (entries[i]!.values[slot] !== null) total++;
  return total;
}
