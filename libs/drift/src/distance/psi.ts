import quantile from '@stdlib/stats-base-dists-chisquare-quantile';

import { total, type CountsPair } from './used-bins.ts';

/**
 * Population stability index, Σ (p − r) ln(p / r), with half a count added to every bin, so that an empty bin neither
 * divides by zero nor decides alone. Give it the used bins only.
 *
 * Source: Yurdakul, Statistical Properties of Population Stability Index (2018).
 *
 * ```ts
 * psi({ live: [60, 40], reference: [50, 50] }); // 0.0397…
 * ```
 */
export function psi({ live, reference }: CountsPair): number {
  const bins = live.length;
  const n = total(live) + bins / 2;
  const m = total(reference) + bins / 2;
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) {
    const p = ((live[bin] as number) + 0.5) / n;
    const r = ((reference[bin] as number) + 0.5) / m;
    sum += (p - r) * Math.log(p / r);
  }
  return sum;
}

/** What the PSI of two samples of the same distribution is on average: (B − 1)(1/N + 1/M). */
export function expectedPsi(pair: CountsPair): number {
  return (pair.live.length - 1) * sampling(pair);
}

/**
 * What the PSI of two samples of the same distribution stays below with probability `level`: χ²(B − 1) · (1/N + 1/M).
 * Without the 1/N of the reference it would be exceeded in 46 % of unchanged windows at M = N.
 *
 * Source: Yurdakul (2018), section 4.
 */
export function nullQuantile(pair: CountsPair, level = 0.95): number {
  const freedom = pair.live.length - 1;
  return freedom === 0 ? 0 : quantile(level, freedom) * sampling(pair);
}

function sampling({ live, reference }: CountsPair): number {
  return 1 / total(reference) + 1 / total(live);
}
