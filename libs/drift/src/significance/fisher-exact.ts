/** Two tables count as equally likely within this relative difference, as in R and SciPy. */
const EQUALLY = 1e-7;

/**
 * Fisher's exact test of the table [[a, b], [c, d]], two-sided: the probability of all tables with the same margins
 * that are no likelier than this one. The weights follow from one another by ratios, so no factorial is needed.
 *
 * Source: Fisher, The Logic of Inductive Inference (1935).
 *
 * ```ts
 * fisherExact(3, 1, 1, 3); // 0.4857…
 * ```
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const least = Math.max(0, a - d);
  const most = Math.min(a + b, a + c);
  const mode = Math.min(most, Math.max(least, Math.floor(((a + b + 1) * (a + c + 1)) / (a + b + c + d + 2))));
  const weights = new Float64Array(most - least + 1);
  weights[mode - least] = 1;
  for (let x = mode; x < most; x++) weights[x + 1 - least] = (weights[x - least] as number) * ratio(x);
  for (let x = mode; x > least; x--) weights[x - 1 - least] = (weights[x - least] as number) / ratio(x - 1);
  const found = weights[a - least] as number;
  const asExtreme = weights.filter((weight) => weight <= found * (1 + EQUALLY));
  const sum = (values: Float64Array): number => values.reduce((all, weight) => all + weight, 0);
  return sum(asExtreme) / sum(weights);

  /** Weight of the table with x + 1 in its corner over that of the one with x. */
  function ratio(x: number): number {
    return ((a + b - x) * (a + c - x)) / ((x + 1) * (d - a + x + 1));
  }
}
