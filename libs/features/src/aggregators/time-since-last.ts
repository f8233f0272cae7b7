import type { Contents } from '../window/contents.ts';

/** Seconds, with fractions, from the latest event to the request. Events at 1000 and 2500 ms, asked at 4000 → 1.5; empty → null. */
export function timeSinceLast({ entries, from, to, slot }: Contents, at: number): number | null {
  for (let i = to - 1; i >= from; i--) {
    const entry = entries[i]!;
    if (entry.values[slot] !== null) return (at - entry.at) / 1000;
  }
  return null;
}
