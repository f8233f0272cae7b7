import type { IncidentRule } from './signal-watch.ts';

/** What decides on the incidents of all signals of a window (`monitor`). */
export interface IncidentSettings {
  /** A: windows between two false alarms on any of them. */
  readonly runLength: number;
  /** Of the last 3 windows, how many must exceed the null quantile: 1 to 3. */
  readonly persistence: number;
  readonly remindMs: number;
}

/** The part of the false alarms that single windows may raise where one is enough. */
const ALONE = 1 / 3;

/**
 * What an incident on one of `signals` signals takes: M ≥ A·F. Where one window is enough (`persistence: 1`), one that shifted by more
 * than chance gives is evidence by itself, too, since M, which adds up, needs more than a single window to tell a large shift: a
 * Shewhart limit beside a chart of sums. A third of the false alarms that A allows are its own then, two thirds are left to M.
 *
 * Source: Lucas, Combined Shewhart-CUSUM Quality Control Schemes (1982).
 *
 * ```ts
 * incidentRule({ runLength: 1000, persistence: 1, remindMs: 0 }, 20, 0.1).logThreshold; // 10.308952660644293
 * ```
 */
export function incidentRule(
  { runLength, persistence, remindMs }: IncidentSettings,
  signals: number,
  floor: number,
): IncidentRule {
  const aloneP = persistence === 1 ? ALONE / (runLength * signals) : 0;
  const share = persistence === 1 ? 1 - ALONE : 1;
  return { logThreshold: Math.log((runLength * signals) / share), aloneP, persistence, floor, remindMs };
}
