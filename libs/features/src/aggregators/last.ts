import type { Contents } from '../window/contents.ts';

/** The latest value, by (at, id). `[4, 6, null]` → 6; empty → null. */
export function last({ entries, from, to, slot }: Contents): number | null {
  for (let i = to - 1; i >= from; i--) {
    const value = entries[i]!.values[slot] as number | null;
    if (value !== null) return value;
  }
  return null;
}
