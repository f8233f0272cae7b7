import gammainc from '@stdlib/math-base-special-gammainc';

/**
 * Probability that χ² with so many degrees of freedom exceeds `x`: the regularised upper incomplete gamma function, so
 * that a tail of 1e-300 is as accurate as one of 0.05.
 *
 * ```ts
 * chiSquareTail(3.841458820694124, 1); // 0.05
 * ```
 */
export function chiSquareTail(x: number, freedom: number): number {
  if (freedom === 0 || x <= 0) return 1;
  return gammainc(x / 2, freedom / 2, true, true);
}
