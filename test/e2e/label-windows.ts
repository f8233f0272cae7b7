import type { OfflinePerformance, OfflineRow } from './offline-performance.ts';

/** What the monitor says of a probability once labels have matured. */
export interface RealisedPerformance {
  readonly metrics: Readonly<Record<'auc' | 'auc_within' | 'log_loss' | 'brier' | 'accuracy', number | null>>;
  readonly coverage: { readonly matured: number; readonly labelled: number };
  readonly estimated: Readonly<Record<'auc' | 'accuracy', { readonly value: number } | null>>;
}

/** Its record of a matured window. */
export interface LabelWindow {
  readonly start: string;
  readonly end: string;
  readonly performance: RealisedPerformance;
}

/** Of the records of `<p>.ledger` the windows whose labels have matured, in their order. */
export function labelWindows(ledger: readonly string[]): readonly LabelWindow[] {
  return ledger
    .map((text) => JSON.parse(text) as LabelWindow & { readonly subject?: string; readonly judged?: boolean })
    .filter(({ subject, judged }) => subject === 'labels' && judged === true);
}

/** The predictions that a window is about. */
export function rowsOf({ start, end }: LabelWindow, rows: readonly OfflineRow[]): readonly OfflineRow[] {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  return rows.filter(({ at }) => at >= from && at < to);
}

/** The greatest difference of any of the numbers, relative to the offline one; infinite where a count differs. */
export function differenceOf(
  { metrics, coverage, estimated }: RealisedPerformance,
  offline: OfflinePerformance,
): number {
  if (coverage.matured !== offline.matured || coverage.labelled !== offline.labelled) return Infinity;
  const pairs = [
    [metrics.auc, offline.auc_of_bins],
    [metrics.log_loss, offline.log_loss],
    [metrics.brier, offline.brier],
    [metrics.accuracy, offline.accuracy],
    [estimated.accuracy?.value, offline.estimated_accuracy],
    [estimated.auc?.value, offline.estimated_auc_of_bins],
  ] as const;
  return Math.max(...pairs.map(([said, wanted]) => Math.abs((said ?? NaN) / (wanted ?? NaN) - 1)));
}

/** Whether the AUC of the single scores is where the monitor says that it must be. */
export function isWithin({ metrics }: RealisedPerformance, offline: OfflinePerformance): boolean {
  const [auc, within] = [metrics.auc ?? NaN, metrics.auc_within ?? NaN];
  // of 6 digits
  return Math.abs(auc - (offline.auc ?? NaN)) <= within + 1e-6;
}
