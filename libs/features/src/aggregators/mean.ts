import type { Contents } from '../window/contents.ts';
import { count } from './count.ts';
import { sum } from './sum.ts';

/** The exact sum, rounded once, over the number of values. `[4, null, 6]` → 5; empty → null. */
export function mean(contents: Contents): number | null {
  const total = sum(contents);
  return total === null ? null : total / count(contents);
}
