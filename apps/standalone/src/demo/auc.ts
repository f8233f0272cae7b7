/** A prediction whose truth came. */
export interface Labelled {
  readonly score: number;
  /** 1 or 0. */
  readonly label: number;
}

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting half
 * (Mann–Whitney). Null without both classes.
 *
 * ```
 * areaUnderCurve([{ score: 0.9, label: 1 }, { score: 0.4, label: 0 }, { score: 0.4, label: 1 }]) // 0.75
 * ```
 */
export function areaUnderCurve(rows: readonly Labelled[]): number | null {
  const sorted = rows.toSorted((a, b) => a.score - b.score);
  const positives = sorted.filter(({ label }) => label === 1).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let start = 0; start < sorted.length;) {
    let end = start;
    let tiedPositives = 0;
    for (; end < sorted.length && sorted[end]?.score === sorted[start]?.score; end++)
      tiedPositives += sorted[end]?.label === 1 ? 1 : 0;
    rankSum += (tiedPositives * (start + 1 + end)) / 2;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
