import { total } from '../distance/used-bins.ts';
import type { WatchedSignal } from '../profile/watched-signals.ts';

/** What decides which reference a window is compared with. */
export interface WindowHours {
  readonly rows: number;
  /** Of these rows how many lie in each hour of the week; may be fewer in all, where some were not counted so. */
  readonly hours?: readonly number[];
}

/**
 * The signal with the reference of those hours of the week that a window holds, each as heavy as in the window. Rows of an
 * hour that the reference has no row of are compared with the whole reference. Where it knows no hours, the signal
 * as it is.
 *
 * The reference is a sample whose rows now have weights: a row of hour h weighs ω = w_h / N_h + w / N, w_h being the share
 * of the window's rows in that hour, N_h the reference's, w the share that is compared with the whole of N rows. A bin's share
 * is r = Σ ω over its rows, with a variance of (1 − r) Σ ω² (Kish; that hours are strata of their own makes it smaller, which
 * is left out, to be rather too careful). So a weighted sample knows as much as N′ rows that were drawn alike, where
 * 1 / N′ = Σ (1 − r) Σ ω² / r / (B − 1) over the bins: the mean generalised design effect, by which χ² is as large on average as
 * for N′ rows. The reference is returned as the counts of N′ rows: N′ r, no integers.
 *
 * ```ts
 * const signal = { reference: [40, 88], hours: [[32, 32], [8, 56]] };
 * seasonalSignal(signal, { rows: 5, hours: [5, 0] }).reference; // [32, 32]
 * ```
 *
 * Source: Kish, Survey Sampling (1965); Rao, Scott, The Analysis of Categorical Data from Complex Sample Surveys (1981).
 */
export function seasonalSignal<Signal extends Pick<WatchedSignal, 'reference' | 'hours'>>(
  signal: Signal,
  { rows, hours = [] }: WindowHours,
): Signal {
  if (!signal.hours || rows === 0) return signal;
  return {
    ...signal,
    reference: mixture(
      signal.reference,
      signal.hours,
      hours.map((count) => count / rows),
    ),
  };
}

/**
 * The share of a window's rows that are compared with the reference of their own hour of the week.
 *
 * ```ts
 * seasonalShare({ hours: [[1, 2], null] }, { rows: 4, hours: [3, 1] }); // 0.75
 * ```
 */
export function seasonalShare(
  { hours: known = [] }: Pick<WatchedSignal, 'hours'>,
  { rows, hours = [] }: WindowHours,
): number {
  return rows === 0 ? 0 : total(hours.filter((_, hour) => known[hour])) / rows;
}

function mixture(
  whole: readonly number[],
  hours: NonNullable<WatchedSignal['hours']>,
  weights: readonly number[],
): readonly number[] {
  const own = hours.flatMap((counts, hour) => {
    const weight = weights[hour] ?? 0;
    return counts && weight > 0 ? [{ counts, weight, omega: weight / total(counts) }] : [];
  });
  const rest = Math.max(0, 1 - total(own.map(({ weight }) => weight))) / total(whole);
  const shares = whole.map((count, bin) =>
    own.reduce((r, { counts, omega }) => r + omega * (counts[bin] as number), rest * count),
  );
  const squares = whole.map((count, bin) =>
    own.reduce(
      (q, { counts, omega }) => q + ((omega + rest) ** 2 - rest ** 2) * (counts[bin] as number),
      rest ** 2 * count,
    ),
  );
  const rows = effectiveRows(shares, squares);
  return shares.map((share) => share * rows);
}

/** N′. Of one bin alone nothing can differ: as many as Kish's. */
function effectiveRows(shares: readonly number[], squares: readonly number[]): number {
  const used = shares.filter((share) => share > 0).length;
  if (used < 2) return 1 / total(squares);
  const terms = shares.map((share, bin) => (share > 0 ? ((1 - share) * (squares[bin] as number)) / share : 0));
  return (used - 1) / total(terms);
}
