import { countsOf } from '../profile/bins.ts';
import type { SignalReference } from '../profile/reference-profile.ts';
import type { BinDraw } from './planted-change.ts';

/** How many of so many rows fall into each bin of a signal. */
export function drawCounts(draw: BinDraw, signal: SignalReference, rows: number, random: () => number): Uint32Array {
  const counts = new Uint32Array(countsOf(signal).length);
  for (let row = 0; row < rows; row++) {
    const bin = draw(random);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
