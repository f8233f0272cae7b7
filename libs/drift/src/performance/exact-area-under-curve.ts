import { areaUnderCurve } from './area-under-curve.ts';

/** A probability whose truth came. */
export interface Labelled {
  readonly score: number;
  /** 1 or 0. */
  readonly label: number;
}

/**
 * `areaUnderCurve` with a bin for every distinct score: two models may be closer to each other than the bins of a profile
 * are wide. Null without both classes.
 *
 * ```ts
 * exactAreaUnderCurve([{ score: 0.9, label: 1 }, { score: 0.4, label: 0 }, { score: 0.4, label: 1 }]); // 0.75
 * ```
 */
export function exactAreaUnderCurve(rows: readonly Labelled[]): number | null {
  const bins = [
    ...Map.groupBy(
      rows.toSorted((a, b) => a.score - b.score),
      ({ score }) => score,
    ).values(),
  ];
  const positives = bins.map((bin) => bin.filter(({ label }) => label === 1).length);
  return areaUnderCurve(
    positives,
    bins.map((bin, i) => bin.length - (positives[i] as number)),
  );
}
