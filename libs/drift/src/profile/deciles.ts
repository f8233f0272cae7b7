/**
 * The q-quantile of ascending values, linear between the neighbours (Hyndman and Fan's type 7, NumPy's default).
 *
 * ```ts
 * quantileOf([1, 2, 4], 0.75); // 3
 * ```
 */
export function quantileOf(ascending: ArrayLike<number>, q: number): number {
  const place = q * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  const part = place - below;
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

/** The 9 deciles of ascending values, duplicates merged: a heavy point mass gets a bin of its own. */
export function decileEdges(ascending: ArrayLike<number>): readonly number[] {
  if (ascending.length === 0) return [];
  const edges = Array.from({ length: 9 }, (_, i) => quantileOf(ascending, (i + 1) / 10));
  return edges.filter((edge, i) => i === 0 || edge > (edges[i - 1] as number));
}
