import type { WatchedSignal } from '../profile/watched-signals.ts';
import { weigh, type Evidence } from '../watch/evidence.ts';

/**
 * What a window says of an error rate (`[wrong, right]`): only more errors are a change. A window with fewer says nothing
 * against the model, and what evidence it has for "as ever" counts.
 *
 * ```ts
 * const signal = errorSignal({ rows: 1000, errors: 180 });
 * [[90, 410], [150, 350]].map((counts) => weighErrors(signal, counts).effect > 0.05); // [false, true]
 * ```
 *
 * @param blocks as in `weigh`
 */
export function weighErrors(signal: WatchedSignal, counts: ArrayLike<number>, blocks?: number): Evidence {
  const found = weigh(signal, counts, blocks);
  const [wrong, right] = signal.project(counts) as [number, number];
  const [wrongBefore, rightBefore] = signal.reference as [number, number];
  if (wrong * (wrongBefore + rightBefore) > wrongBefore * (wrong + right)) return found;
  return { ...found, psi: 0, effect: 0, logE: Math.min(0, found.logE) };
}
