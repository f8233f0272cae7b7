import gammaln from '@stdlib/math-base-special-gammaln';

/**
 * Log probability of a sequence with these counts when the shares are Dirichlet distributed, without the multinomial
 * coefficient (it cancels in a ratio): ln Γ(A) − ln Γ(A + n) + Σ ln Γ(αᵢ + sᵢ) − ln Γ(αᵢ), A = Σ αᵢ.
 *
 * ```ts
 * Math.exp(logDirichletMultinomial([1, 1], [1, 1])); // 0.16666…
 * ```
 */
export function logDirichletMultinomial(counts: readonly number[], alpha: readonly number[]): number {
  let sum = 0;
  let rows = 0;
  let mass = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const s = counts[bin] as number;
    const a = alpha[bin] as number;
    rows += s;
    mass += a;
    if (s > 0) sum += gammaln(a + s) - gammaln(a);
  }
  return sum + gammaln(mass) - gammaln(mass + rows);
}
