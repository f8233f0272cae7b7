import { ExactSum } from '@millrace/core';

import type { Contents } from '../window/contents.ts';

/** The exact sum, rounded once. `[0.1, 0.2, 0.3]` → 0.6; empty → null. */
export function sum({ entries, from, to, slot }: Contents): number | null {
  const total = new ExactSum();
  let found = false;
  for (let i = from; i < to; i++) {
    const value = entries[i]!.values[slot];
    if (value === null) continue;
    total.add(value as number);
    found = true;
  }
  return found ? total.value() : null;
}
