import { marsagliaTsangWang } from './marsaglia-tsang-wang.ts';
import { pelzGood } from './pelz-good.ts';
import { smirnovTail } from './smirnov-tail.ts';

/** From here on both one-sided events together have a probability below 1e-11 of either. */
const ONE_SIDED_FROM = 4.5;
/** The matrix then takes some tenths of a second; the series is right to 5 digits. */
const MATRIX_UP_TO = 2000;

/**
 * Probability that Kolmogorov's two-sided D of a sample of `n` is at least `d`. Tails are twice the one-sided one, which
 * is exact where `d` ≥ 1/2; the middle is exact up to 2,000 rows, and Pelz and Good's series beyond.
 *
 * Source for the choice: Simard, L'Ecuyer, Computing the Two-Sided Kolmogorov–Smirnov Distribution (2011).
 *
 * ```ts
 * kolmogorovTail(0.25, 86); // 0.0000319196780737…
 * ```
 */
export function kolmogorovTail(d: number, n: number): number {
  if (d * n <= 0.5) return 1;
  if (d >= 1) return 0;
  if (d >= 0.5 || n * d * d >= ONE_SIDED_FROM) return Math.min(1, 2 * smirnovTail(d, n));
  const below = n <= MATRIX_UP_TO ? marsagliaTsangWang(d, n) : pelzGood(Math.sqrt(n) * d, n);
  return Math.min(1, Math.max(0, 1 - below));
}
