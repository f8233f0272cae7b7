import { binsOf, countsOf, type Bins } from '../profile/bins.ts';
import type { NumericReference, SignalReference } from '../profile/reference-profile.ts';

/** A change of one signal's distribution. */
export type PlantedChange =
  /** Every value moves up by so many standard deviations of the reference. */
  | { readonly kind: 'shift'; readonly sd: number }
  /** So large a share of rows has no value any more. */
  | { readonly kind: 'missing'; readonly share: number }
  /** So large a share of rows has a category that is not in the list. */
  | { readonly kind: 'unseen'; readonly share: number };

/** Can this signal change so? */
export function canChange(signal: SignalReference, change: PlantedChange): boolean {
  if (change.kind === 'shift') return signal.kind === 'numeric' && (signal.sd ?? 0) > 0;
  return change.kind === 'missing' || signal.kind === 'categorical';
}

/** Where the rows of a signal fall, after a change or without one: draws a bin. */
export type BinDraw = (random: () => number) => number;

/**
 * Draws bins as the reference counts them. For a shift a value is drawn evenly between the ends of its bin (the outer
 * ones end at min and max), moved, and binned anew.
 */
export function binDraw(signal: SignalReference, change: PlantedChange | null): BinDraw {
  const bins = binsOf(signal);
  const unchanged = referenceDraw(countsOf(signal));
  if (change === null) return unchanged;
  if (change.kind === 'shift') return shifted(signal as NumericReference, bins, unchanged, change.sd);
  const into = bins.special.get(change.kind) as number;
  return (random) => (random() < change.share ? into : unchanged(random));
}

function referenceDraw(counts: readonly number[]): BinDraw {
  let sum = 0;
  const upTo = counts.map((count) => (sum += count));
  return (random) => {
    const place = random() * sum;
    let bin = 0;
    while (place >= (upTo[bin] as number)) bin++;
    return bin;
  };
}

function shifted({ edges, min, max, sd }: NumericReference, bins: Bins, unchanged: BinDraw, by: number): BinDraw {
  const ends = [min ?? 0, ...edges, max ?? 0];
  return (random) => {
    const bin = unchanged(random);
    if (bin > edges.length) return bin;
    const [lower, upper] = [ends[bin] as number, ends[bin + 1] as number];
    return bins.indexOf(lower + random() * (upper - lower) + by * (sd ?? 0));
  };
}
