import type { Value } from '@millrace/core';

import type { Contents } from '../window/contents.ts';

/** How many different values. `["JFK", "LGA", "JFK", null]` → 2; empty → 0. */
export function distinct({ entries, from, to, slot }: Contents): number {
  const seen = new Set<Value>();
  for (let i = from; i < to; i++) {
    const value = entries[i]!.values[slot] as Value;
    if (value !== null) seen.add(value);
  }
  return seen.size;
}
