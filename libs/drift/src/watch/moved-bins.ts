import { total } from '../distance/used-bins.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';

/** A bin and its share of the rows, in the reference and now. */
export interface MovedBin {
  readonly bin: string;
  readonly from: number;
  readonly to: number;
}

const SHOWN = 3;

/** The bins whose share changed most, most first: which, from, to. */
export function movedBins(signal: WatchedSignal, counts: ArrayLike<number>): readonly MovedBin[] {
  const live = signal.project(counts);
  const rows = total(live);
  const referenceRows = total(signal.reference);
  return signal.labels
    .map((bin, i) => ({ bin, from: (signal.reference[i] ?? 0) / referenceRows, to: (live[i] ?? 0) / rows }))
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from))
    .slice(0, SHOWN);
}
