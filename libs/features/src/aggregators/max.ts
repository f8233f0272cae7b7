import type { Contents } from '../window/contents.ts';

/** The greatest value. `[6, null, 4]` → 6; empty → null. */
export function max({ entries, from, to, slot }: Contents): number | null {
  let found: number | null = null;
  for (let i = from; i < to; i++) {
    const value = entries[i]!.values[slot] as number | null;
    if (value !== null && (found === null || value > found)) found = value;
  }
  return found;
}
