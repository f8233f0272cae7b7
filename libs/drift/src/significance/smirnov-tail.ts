import gammaln from '@stdlib/math-base-special-gammaln';

/**
 * Probability that Smirnov's one-sided D⁺ of a sample of `n` is at least `d`; a sum of positive terms, so that it is
 * accurate however small.
 *
 * Source: Birnbaum, Tingey, One-Sided Confidence Contours for Probability Distribution Functions (1951).
 *
 * ```ts
 * smirnovTail(0.5, 2); // 0.25
 * ```
 */
export function smirnovTail(d: number, n: number): number {
  const ways = gammaln(n + 1);
  let sum = 0;
  for (let j = 0; j / n < 1 - d; j++) {
    const choose = ways - gammaln(j + 1) - gammaln(n - j + 1);
    sum += Math.exp(choose + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log1p(-d - j / n));
  }
  return sum * d;
}
