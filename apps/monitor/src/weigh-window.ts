import {
  countBlocks,
  expectedOfLabelled,
  importanceOf,
  seasonalSignal,
  weigh,
  weighErrors,
  type Evidence,
  type RuledSignal,
  type Severity,
} from '@millrace/drift';

import type { ClosedWindow } from './close-windows.ts';
import { ESTIMATED_ERROR_RATE, LABELS_SLOT, type MonitoredModel } from './monitored-model.ts';
import type { PerformanceReport } from './performance-report.ts';

/** What a window says of a signal. */
export interface Weighing {
  /** With the window's own reference: that of its hours of the week; for the gap what was estimated. */
  readonly ruled: RuledSignal;
  /** In the signal's slot. */
  readonly counts: ArrayLike<number>;
  /** Null: it says nothing. */
  readonly evidence: Evidence | null;
  /** How much the signal matters to the model, where its profile says so. */
  readonly importance?: number;
  /** Where the signal's name does not say it. */
  readonly severity?: Severity;
  /** The id of a prediction that shows it. */
  readonly example?: string;
}

/** What a closed window says of each signal that is watched in windows of its subject. */
export function weighWindow(
  window: ClosedWindow,
  model: MonitoredModel,
  report: PerformanceReport | null,
): readonly Weighing[] {
  if (window.subject === 'rows') return model.signals.map((ruled) => weighRows(ruled, window, model));
  const counts = window.counts[LABELS_SLOT] ?? [];
  const blocks = blocksOf(window);
  const errors = model.errors && {
    ruled: model.errors,
    counts,
    evidence: weighErrors(model.errors.signal, counts, blocks),
  };
  const gap = model.gap && weighGap(model.gap, counts, model, report, blocks);
  return [errors, gap].filter((weighing) => weighing !== null);
}

function weighRows(
  { rule, signal: watched }: RuledSignal,
  window: ClosedWindow,
  { profile }: MonitoredModel,
): Weighing {
  const signal = seasonalSignal(watched, window);
  const counts = window.counts[signal.slot] ?? [];
  const weighed = signal.name === ESTIMATED_ERROR_RATE ? weighErrors : weigh;
  const ruled = { rule, signal };
  return { ruled, counts, evidence: weighed(signal, counts, blocksOf(window)), ...importanceOf(signal, profile) };
}

/**
 * The true errors against the estimated ones of the same rows, as if the latter had been seen on the validation sample: that
 * is how well the calibration is known. Says nothing while the inputs are not what they were, and only warns of a model that
 * is better than its estimate.
 */
function weighGap(
  { signal, rule }: RuledSignal,
  counts: readonly number[],
  { profile, performance }: MonitoredModel,
  report: PerformanceReport | null,
  blocks: number | undefined,
): Weighing {
  const verdict = report?.kind === 'realised' ? report.verdict?.state : undefined;
  const silent = verdict !== 'agrees' && verdict !== 'relation_changed';
  const [wrong, right] = expectedOfLabelled(counts);
  const known = performance.kind === 'classification' ? (performance.validation?.rows ?? profile.rows) : profile.rows;
  const scale = wrong + right === 0 ? 0 : known / (wrong + right);
  const ruled = { rule, signal: { ...signal, reference: [wrong * scale, right * scale] } };
  const [errors] = signal.project(counts) as [number];
  return {
    ruled,
    counts,
    evidence: silent ? null : weigh(ruled.signal, counts, blocks),
    severity: errors > wrong ? 'critical' : 'warning',
  };
}

/** How many rows the window weighs as, where those of one block depend on one another. */
export function blocksOf({ blocks }: ClosedWindow): number | undefined {
  return blocks.length === 0 ? undefined : countBlocks(blocks);
}
