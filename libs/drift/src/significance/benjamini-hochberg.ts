/**
 * p-values corrected for their number, in their order: those below q hold a share of false discoveries of at most q.
 *
 * Source: Benjamini, Hochberg, Controlling the False Discovery Rate (1995).
 *
 * ```ts
 * benjaminiHochberg([0.04, 0.01, 0.5]); // [0.06, 0.03, 0.5]
 * ```
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, i) => i).toSorted((a, b) => (ps[b] as number) - (ps[a] as number));
  const adjusted = [...ps];
  let least = 1;
  order.forEach((index, above) => {
    least = Math.min(least, ((ps[index] as number) * ps.length) / (ps.length - above));
    adjusted[index] = least;
  });
  return adjusted;
}
