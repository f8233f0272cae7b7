import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { RuledSignal } from '../watch/ruled-signals.ts';
import { drawCounts } from './draw-counts.ts';
import { binDraw } from './planted-change.ts';

/**
 * The signals with references as another sample of as many rows would have given them, drawn from the profile's own counts: a
 * reference of few rows is wrong by something, and windows that are drawn from itself do not show it.
 *
 * Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993).
 */
export function redrawn(
  { rows, features, outputs }: ReferenceProfile,
  signals: readonly RuledSignal[],
  random: () => number,
): readonly RuledSignal[] {
  const counts = [...features, ...outputs].map((signal) => drawCounts(binDraw(signal, null), signal, rows, random));
  return signals.map(({ rule, signal }) => ({
    rule,
    signal: { ...signal, reference: signal.project(counts[signal.slot] as Uint32Array) },
  }));
}
