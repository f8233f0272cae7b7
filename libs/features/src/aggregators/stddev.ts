import type { Contents } from '../window/contents.ts';
import { ExactSquares } from './exact-squares.ts';

/** The sample's standard deviation (n − 1), from exact sums of x and x². `[2, 4, 6]` → 2; below two values → null. */
export function stddev({ entries, from, to, slot }: Contents): number | null {
  const squares = new ExactSquares();
  for (let i = from; i < to; i++) {
    const value = entries[i]!.values[slot] as number | null;
    if (value !== null) squares.add(value);
  }
  return squares.sampleDeviation();
}
