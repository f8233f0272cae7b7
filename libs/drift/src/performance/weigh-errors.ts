import type { WatchedSignal } from '../profile/watched-signals.ts';
import { weigh, type Evidence } from '../watch/evidence.ts';

/**
 * What a window says of an error rate (`[wrong, right]`): only more errors are a change. A window with fewer says nothing
 * against the model: what evidence it has for "as ever" counts, and where it has none, it halves what there was against it. Else
 * M would grow by 1 with each, for ever.
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
  const more = wrong * (wrongBefore + rightBefore) > wrongBefore * (wrong + right);
  if (more || found.rows === 0) return found;
  return { ...found, psi: 0, effect: 0, logE: found.logE < 0 ? found.logE : -Math.LN2 };
}
