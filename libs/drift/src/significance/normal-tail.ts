import erfc from '@stdlib/math-base-special-erfc';

/**
 * Probability that a standard normal variable exceeds `z`.
 *
 * ```ts
 * normalTail(1.959963984540054); // 0.025
 * ```
 */
export function normalTail(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}
