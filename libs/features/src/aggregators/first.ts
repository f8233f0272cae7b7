import type { Contents } from '../window/contents.ts';

/** The earliest value, by (at, id). `[4, null, 6]` → 4; empty → null. */
export function first({ entries, from, to, slot }: Contents): number | null {
  for (let i = from; i < to; i++) {
    const value = entries[i]!.values[slot] as number | null;
    if (value !== null) return value;
  }
  return null;
}
