import type { Contents } from '../window/contents.ts';
import type { Entry } from '../window/entry.ts';

/** The latest entry that exists for the feature. */
export function lastTaken({ entries, from, to, slot }: Contents): Entry | undefined {
  for (let i = to - 1; i >= from; i--) {
    const entry = entries[i]!;
    if (entry.values[slot] !== null) return entry;
  }
  return undefined;
}
