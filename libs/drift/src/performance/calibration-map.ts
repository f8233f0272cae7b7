import type { ScoredBin } from './calibration-error.ts';

/** A rising line through points: from a model's score to the probability it stands for. */
export interface CalibrationMap {
  /** Ascending. */
  readonly scores: readonly number[];
  /** Ascending, in [0, 1]. */
  readonly probabilities: readonly number[];
}

/**
 * Isotonic regression: the rising map that lies nearest to the shares of positives. Neighbours that fall are pooled until
 * none does.
 *
 * Source: Ayer et al. (1955), pool adjacent violators; Zadrozny, Elkan (2002) for calibration.
 *
 * ```ts
 * const bins = [0.1, 0.3, 0.5].map((meanScore, i) => ({ rows: 10, meanScore, positives: [4, 2, 8][i] }));
 * isotonicMap(bins).probabilities; // [0.3, 0.3, 0.8]
 * ```
 *
 * @param bins ascending by score; those without rows are left out
 */
export function isotonicMap(bins: readonly ScoredBin[]): CalibrationMap {
  const used = bins.filter(({ rows }) => rows > 0);
  const pools: { rows: number; positives: number; bins: number }[] = [];
  for (const { rows, positives } of used) {
    pools.push({ rows, positives, bins: 1 });
    for (let [last, before] = lastTwo(pools); before && falls(before, last); [last, before] = lastTwo(pools)) {
      pools.splice(-2, 2, {
        rows: before.rows + last.rows,
        positives: before.positives + last.positives,
        bins: before.bins + last.bins,
      });
    }
  }
  return {
    scores: used.map(({ meanScore }) => meanScore),
    probabilities: pools.flatMap((pool) => Array.from({ length: pool.bins }, () => pool.positives / pool.rows)),
  };
}

type Pool = Pick<ScoredBin, 'rows' | 'positives'> & { readonly bins: number };

function lastTwo(pools: readonly Pool[]): readonly [last: Pool, before: Pool | undefined] {
  return [pools.at(-1) as Pool, pools.at(-2)];
}

function falls(before: Pool, last: Pool): boolean {
  return before.positives / before.rows > last.positives / last.rows;
}

/**
 * The probability that a score stands for: linear between the points, level beyond them.
 *
 * ```ts
 * calibrated({ scores: [0.2, 0.4], probabilities: [0.1, 0.5] }, 0.3); // 0.3
 * ```
 */
export function calibrated({ scores, probabilities }: CalibrationMap, score: number): number {
  const above = scores.findIndex((point) => point >= score);
  if (above < 0) return probabilities.at(-1) ?? score;
  const high = probabilities[above] as number;
  if (above === 0) return high;
  const [from, to, low] = [scores[above - 1], scores[above], probabilities[above - 1]] as [number, number, number];
  return low + ((score - from) / (to - from)) * (high - low);
}
