import { total, type CountsPair } from './used-bins.ts';

/** Jensen–Shannon distance: the square root of the divergence in base 2, in [0, 1]. Lin (1991); Endres, Schindelin (2003). */
export function jensenShannon(pair: CountsPair): number {
  let divergence = 0;
  for (const [p, r] of shares(pair)) {
    const middle = (p + r) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (r > 0) divergence += (r * Math.log2(r / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}

/** Hellinger distance: sqrt(1 − Σ sqrt(p r)), in [0, 1]. */
export function hellinger(pair: CountsPair): number {
  const overlap = shares(pair).reduce((sum, [p, r]) => sum + Math.sqrt(p * r), 0);
  return Math.sqrt(Math.max(0, 1 - overlap));
}

/** The largest difference between two shares of a bin. */
export function lInfinity(pair: CountsPair): number {
  return shares(pair).reduce((most, [p, r]) => Math.max(most, Math.abs(p - r)), 0);
}

/** Half the sum of the absolute differences: the share of rows that would have to move. */
export function totalVariation(pair: CountsPair): number {
  return shares(pair).reduce((sum, [p, r]) => sum + Math.abs(p - r), 0) / 2;
}

/** Raw shares, live beside reference. */
function shares({ live, reference }: CountsPair): readonly (readonly [p: number, r: number])[] {
  const n = total(live);
  const m = total(reference);
  return live.map((count, bin) => [count / n, (reference[bin] as number) / m]);
}
