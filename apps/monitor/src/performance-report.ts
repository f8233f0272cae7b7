import {
  compareEstimate,
  estimatedFrom,
  estimatedOfLabelled,
  realisedFrom,
  regressionFrom,
  type EstimatedMetrics,
  type EstimateVerdict,
  type RealisedMetrics,
  type RegressionMetrics,
} from '@millrace/drift';

import type { ClosedWindow } from './close-windows.ts';
import type { ErrorChanges } from './error-detectors.ts';
import { COVERAGE_SLOT, LABELS_SLOT, SLICES_SLOT, type MonitoredModel } from './monitored-model.ts';
import { sliceReport, type SliceReport } from './slices.ts';

/** How many of a window's predictions have a label, now that all are matured, and how old labels were when they came. */
export interface LabelReport {
  readonly matured: number;
  readonly labelled: number;
  readonly share: number;
  readonly mean_age_ms: number | null;
  /** The share of predictions whose outcomes were waited for: below 1 where the join had no room for all. */
  readonly sample_rate: number;
}

/** Not where all rows count. */
interface Unusable {
  /** Rows in no metric: their first output is no probability, or their label neither 0 nor 1 (where a number is predicted: no number). */
  readonly unusable?: number;
}

/** What is known of a model's performance in one window; a metric on labels is never without its coverage. */
export type PerformanceReport =
  | ({ readonly kind: 'estimated'; readonly metrics: EstimatedMetrics } & Unusable)
  | ({
      readonly kind: 'realised';
      readonly metrics: RealisedMetrics | RegressionMetrics;
      readonly coverage: LabelReport;
      /** What had been estimated of the predictions that have a label, and how that compares; null for a regression. */
      readonly estimated: EstimatedMetrics | null;
      readonly verdict: EstimateVerdict | null;
      /** What the detectors on error rates say; not of a regression, or a window that is not judged. */
      readonly changes?: ErrorChanges;
      /** By feature and value. */
      readonly slices: Readonly<Record<string, Readonly<Record<string, SliceReport>>>>;
    } & Unusable);

/** @param inputsStable no incident was open on an input or output when the window ended */
export function performanceReport(
  window: ClosedWindow,
  { performance, table, slices }: MonitoredModel,
  inputsStable: boolean,
): PerformanceReport | null {
  if (window.subject === 'rows') {
    if (performance.kind === 'regression') return null;
    const estimated = estimatedFrom(window.counts[table.slots.length] ?? []);
    return { kind: 'estimated', metrics: estimated.metrics(), ...unusable(estimated.toJSON().unusable) };
  }
  const coverage = labelReport(window.counts[COVERAGE_SLOT] ?? []);
  const counts = window.counts[LABELS_SLOT] ?? [];
  const bySlice = Object.fromEntries(
    slices.map((slice, i) => [slice.name, sliceReport(slice, window.counts[SLICES_SLOT + i] ?? [], performance)]),
  );
  const all = { kind: 'realised', coverage, slices: bySlice } as const;
  if (performance.kind === 'regression') {
    const metrics = regressionFrom(counts, performance.scale).metrics();
    return { ...all, metrics, estimated: null, verdict: null, ...unusable(coverage.labelled - metrics.rows) };
  }
  const metrics = realisedFrom(counts).metrics();
  const estimated = estimatedOfLabelled(counts).metrics();
  const truth = { value: metrics.accuracy, labels: metrics.rows };
  const verdict = compareEstimate(estimated.accuracy, truth, inputsStable);
  return { ...all, metrics, estimated, verdict, ...unusable(coverage.labelled - metrics.rows) };
}

function unusable(count: number): Unusable {
  return count === 0 ? {} : { unusable: count };
}

function labelReport([matured = 0, labelled = 0, ageMs = 0, leftOut = 0]: readonly number[]): LabelReport {
  const all = Math.max(matured, labelled);
  return {
    matured: all,
    labelled,
    share: all === 0 ? 0 : labelled / all,
    mean_age_ms: labelled === 0 ? null : Math.round(ageMs / labelled),
    sample_rate: all + leftOut === 0 ? 1 : all / (all + leftOut),
  };
}
