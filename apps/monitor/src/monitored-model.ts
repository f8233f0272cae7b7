import {
  errorSignal,
  expectedErrors,
  realisedErrors,
  ruledSignals,
  signalTable,
  type FloorSetting,
  type ReferenceProfile,
  type RuledSignal,
  type SignalTable,
  type ValidationErrors,
  type WatchedSignal,
} from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type { CountSubject } from '@millrace/records';

import { performanceModel, performanceSizes, type PerformanceModel } from './performance-model.ts';
import { sliceSize, slicesOf, type Slice } from './slices.ts';

/** Where a window of labels holds how many predictions have matured, and what their labels said. */
export const COVERAGE_SLOT = 0;
export const LABELS_SLOT = 1;
export const SLICES_SLOT = 2;

/** Predictions whose outcome was waited for, those of them with a label, the milliseconds until it came; other predictions. */
export const COVERAGE_SIZE = 4;

/** A model version that can be monitored: its profile, ready to count by and to judge by. */
export interface MonitoredModel {
  readonly profile: ReferenceProfile;
  readonly table: SignalTable;
  readonly performance: PerformanceModel;
  /** Behind the labels' own slots in a window of labels. */
  readonly slices: readonly Slice[];
  /** Watched in windows of predictions. */
  readonly signals: readonly RuledSignal[];
  /** Watched in windows of labels; null without labels in the profile, or outcomes in the pipeline. */
  readonly errors: RuledSignal | null;
  /** The true error rate against the estimated one; its reference is each window's own. */
  readonly gap: RuledSignal | null;
  /** How many integers a delta has, by slot. */
  readonly sizes: Readonly<Record<Exclude<CountSubject, 'events' | 'sketches'>, readonly number[]>>;
}

export const ERROR_RATE = 'performance.error_rate';
export const ESTIMATED_ERROR_RATE = 'estimate.error_rate';
export const ESTIMATE_GAP = 'estimate.gap';

/** An error rate that doubles from 17 % has a PSI of 0.1: performance is told of earlier than an input is. */
const PERFORMANCE_FLOOR = 0.02;

/** @throws AppError `PROFILE_INVALID` where a floor asks for what the profile does not hold */
export function monitoredModel(profile: ReferenceProfile, { monitor, outcome }: Plan): MonitoredModel {
  const { features, outputs } = profile;
  const table = signalTable(monitor.seasonal ? profile : { features, outputs });
  const performance = performanceModel(profile);
  const extra = performanceSizes(performance);
  const slices = slicesOf(monitor.slices, profile);
  const validation = performance.kind === 'classification' ? performance.validation : null;
  const own = validation === null ? [] : performanceSignals(validation, table.slots.length, outcome !== null);
  const floors = new Map<string, FloorSetting>(own.map(({ name }) => [name, PERFORMANCE_FLOOR]));
  const settings = { ...monitor, floors: new Map([...floors, ...monitor.floors]) };
  const ruled = ruledSignals({ ...table, watched: [...table.watched, ...own] }, profile, settings);
  const named = (name: string): RuledSignal | null => ruled.find(({ signal }) => signal.name === name) ?? null;
  const ofLabels = [named(ERROR_RATE), named(ESTIMATE_GAP)];
  return {
    profile,
    table,
    performance,
    slices,
    signals: ruled.filter((signal) => !ofLabels.includes(signal)),
    errors: ofLabels[0] ?? null,
    gap: ofLabels[1] ?? null,
    sizes: {
      rows: [...table.slots.map(({ bins }) => bins.size), extra.rows, 2 * table.slots.length],
      labels: [COVERAGE_SIZE, extra.labels, ...slices.map(sliceSize)],
    },
  };
}

function performanceSignals(
  validation: ValidationErrors,
  estimateSlot: number,
  hasOutcomes: boolean,
): readonly WatchedSignal[] {
  const signal = errorSignal(validation);
  const estimated = { ...signal, name: ESTIMATED_ERROR_RATE, slot: estimateSlot, project: expectedErrors };
  if (!hasOutcomes) return [estimated];
  const realised = { ...signal, slot: LABELS_SLOT, project: realisedErrors };
  return [estimated, { ...realised, name: ERROR_RATE }, { ...realised, name: ESTIMATE_GAP }];
}
