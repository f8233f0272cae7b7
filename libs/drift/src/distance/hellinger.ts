import { shares } from './shares.ts';
import type { CountsPair } from './used-bins.ts';

/**
 * Hellinger distance: sqrt(1 − Σ sqrt(p r)), in [0, 1].
 *
 * Source: Hellinger (1909); Bhattacharyya (1943) for the overlap.
 *
 * ```ts
 * hellinger({ live: [1, 1], reference: [2, 0] }); // 0.5411…
 * ```
 */
export function hellinger(pair: CountsPair): number {
  const overlap = shares(pair).reduce((sum, [p, r]) => sum + Math.sqrt(p * r), 0);
  return Math.sqrt(Math.max(0, 1 - overlap));
}
