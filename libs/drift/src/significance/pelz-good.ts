const HALF_ROOT = Math.sqrt(Math.PI / 2);

/**
 * Probability that √n times Kolmogorov's two-sided D of a sample of `n` is below `z`: the limit, and three corrections
 * in powers of 1/√n. For n of some hundreds and more.
 *
 * Source: Pelz, Good, Approximating the Lower Tail-Areas of the Kolmogorov–Smirnov One-Sample Statistic (1976).
 *
 * ```ts
 * pelzGood(1.2, 10_000); // 0.88864…
 * ```
 */
export function pelzGood(z: number, n: number): number {
  const z2 = z * z;
  const terms = Math.ceil((z * 12) / Math.PI) + 1; // beyond them exp is below 1e-31
  const sum = [0, 0, 0, 0];
  const add = (order: number, value: number): void => void (sum[order] = (sum[order] as number) + value);
  for (let k = 0; k <= terms; k++) {
    const odd = (Math.PI * (k + 0.5)) ** 2;
    const weight = 2 * Math.exp(-odd / (2 * z2));
    add(0, weight);
    add(1, weight * (odd - z2));
    add(2, weight * secondOrder(odd, z2));
    add(3, weight * thirdOrder(odd, z2));
    const even = (Math.PI * (k + 1)) ** 2;
    const evenWeight = 2 * Math.exp(-even / (2 * z2));
    add(2, -2 * z2 * z2 * evenWeight * even);
    add(3, 60 * z2 * z2 * evenWeight * (3 * even * z2 - even * even));
  }
  const [k0, k1, k2, k3] = sum as [number, number, number, number];
  return (
    (HALF_ROOT / z) * (k0 + k1 / (6 * z ** 3 * Math.sqrt(n)) + k2 / (72 * z ** 6 * n) + k3 / (6480 * z ** 9 * n ** 1.5))
  );
}

function secondOrder(odd: number, z2: number): number {
  return 6 * z2 ** 3 + 2 * z2 ** 2 + odd * (2 * z2 ** 2 - 5 * z2) + odd ** 2 * (1 - 2 * z2);
}

function thirdOrder(odd: number, z2: number): number {
  return (
    odd ** 3 * (5 - 30 * z2) +
    odd ** 2 * (212 * z2 ** 2 - 60 * z2) +
    odd * (135 * z2 ** 2 - 96 * z2 ** 3) -
    30 * z2 ** 3 -
    90 * z2 ** 4
  );
}
