import { jensenShannon } from '@millrace/drift';

import { onBins, type ReferenceColumn } from './reference-column.ts';

/** How far a feature's window lies from its reference, by the statistics that other tools alarm on. */
export interface Distances {
  readonly wasserstein: number;
  readonly kolmogorovSmirnov: number;
  readonly jensenShannon: number;
}

/** Of a window's values; those that are missing are left out, as the tools do. */
export function distancesOf(reference: ReferenceColumn, values: Float64Array): Distances {
  const ascending = values.toSorted(); // NaN last
  const live = ascending.subarray(0, 1 + ascending.findLastIndex((value) => !Number.isNaN(value)));
  const ranks = ranksOf(reference, live);
  return {
    wasserstein: wasserstein(reference, live, ranks),
    kolmogorovSmirnov: kolmogorovSmirnov(reference, live, ranks),
    jensenShannon: jensenShannonOfNannyml(reference, live),
  };
}

/** How many of the reference's values are not larger, by a search that begins where the last one ended. */
function ranksOf({ values }: ReferenceColumn, live: Float64Array): Uint32Array {
  const ranks = new Uint32Array(live.length);
  let from = 0;
  for (let k = 0; k < live.length; k++) {
    const value = live[k] as number;
    let step = 1;
    for (; (values[from + step] as number) <= value; step *= 2) from += step;
    for (let to = Math.min(from + step, values.length); from < to;) {
      const middle = (from + to) >> 1;
      if ((values[middle] as number) <= value) from = middle + 1;
      else to = middle;
    }
    ranks[k] = from;
  }
  return ranks;
}

/**
 * W1 over the reference's standard deviation, as Evidently measures it, by SciPy's `wasserstein_distance`: the k-th of n
 * values against the reference's quantiles from k / n to (k + 1) / n.
 */
function wasserstein({ values, sums, sd }: ReferenceColumn, live: Float64Array, ranks: Uint32Array): number {
  const share = values.length / live.length;
  const upTo = (place: number): number => {
    const whole = Math.floor(place);
    return (sums[whole] as number) + (place - whole) * (values[whole] ?? 0);
  };
  let moved = 0;
  for (let k = 0; k < live.length; k++) {
    const [from, to] = [k * share, Math.min((k + 1) * share, values.length)];
    const split = Math.min(Math.max(ranks[k] as number, from), to);
    moved += (live[k] as number) * (2 * split - from - to) + upTo(from) + upTo(to) - 2 * upTo(split);
  }
  return moved / (values.length * sd);
}

/** D of Kolmogorov and Smirnov for two samples, as SciPy's `ks_2samp` has it. */
function kolmogorovSmirnov({ values }: ReferenceColumn, live: Float64Array, ranks: Uint32Array): number {
  const [n, m] = [values.length, live.length];
  let largest = 0;
  for (let k = 0; k < m; k++) {
    const rank = ranks[k] as number;
    let below = rank;
    while (values[below - 1] === live[k]) below--;
    if (live[k + 1] !== live[k]) largest = Math.max(largest, Math.abs((k + 1) / m - rank / n));
    if (live[k - 1] !== live[k]) largest = Math.max(largest, Math.abs(k / m - below / n));
  }
  return largest;
}

/** NannyML's Jensen–Shannon distance of continuous columns: on Doane's bins, with one more for what lies outside of them. */
function jensenShannonOfNannyml({ bins }: ReferenceColumn, live: Float64Array): number {
  return jensenShannon({ live: onBins(live, bins), reference: bins.counts });
}
