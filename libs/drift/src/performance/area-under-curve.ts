import { total } from '../distance/used-bins.ts';

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, those of one bin counting
 * half (Mann–Whitney). Exact where every distinct score has its bin. Null without both classes.
 *
 * Source: Hanley, McNeil, The Meaning and Use of the Area under a ROC Curve (1982).
 *
 * ```ts
 * areaUnderCurve([0, 1, 1], [1, 1, 0]); // 0.875
 * ```
 *
 * @param positives counts, or expected counts, on ascending bins of the score
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number | null {
  const pairs = total(positives) * total(negatives);
  if (!(pairs > 0)) return null;
  let below = 0;
  let won = 0;
  positives.forEach((count, bin) => {
    const here = negatives[bin] as number;
    won += count * (below + here / 2);
    below += here;
  });
  return won / pairs;
}
