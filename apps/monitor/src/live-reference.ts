import { sketchedProfile, sketchesOnBins, type ReferenceProfile, type SketchCounts } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

import type { ClosedWindow } from './close-windows.ts';
import { addedSketches } from './merged-windows.ts';
import { monitoredModel, type MonitoredModel } from './monitored-model.ts';

/** What a version without a profile is compared with: its first windows, in the order in which they closed. JSON as it is. */
export interface LiveReference {
  readonly rows: number;
  /** From the start of the earliest window to the end of the latest, event time; null before any. */
  readonly from: number | null;
  readonly to: number | null;
  /** Per signal; none any more once it is full. */
  readonly sketches: readonly SketchCounts[];
  /** Null until it is full: before that nothing is compared. */
  readonly profile: ReferenceProfile | null;
}

export const NOTHING_LEARNT: LiveReference = { rows: 0, from: null, to: null, sketches: [], profile: null };

/** A reference is full with so many rows, of a day at least: most inputs have a daily cycle. */
const LIVE_ROWS = 2000;
const LEAST_MS = 86_400_000;

/** Learns from a window, of any variant and size, until it is full; then it stays as it is. */
export function learntFrom(
  known: LiveReference,
  { version, rows, start, end, counts }: ClosedWindow,
  plan: Plan,
  outputs: readonly string[],
): LiveReference {
  if (known.profile !== null) return known;
  const span = { from: Math.min(known.from ?? start, start), to: Math.max(known.to ?? end, end) };
  const sketches = known.from === null ? counts : addedSketches(known.sketches, counts);
  const learnt = { rows: known.rows + rows, ...span, sketches };
  if (learnt.rows < LIVE_ROWS || span.to - span.from < LEAST_MS) return { ...learnt, profile: null };
  const features = plan.vector.map(({ name, ...feature }) => ({
    name,
    categories: 'categories' in feature ? feature.categories : null,
  }));
  const profile = sketchedProfile({ model: plan.predict.model, version, features, outputs }, learnt);
  return { ...learnt, sketches: [], profile };
}

const models = new WeakMap<ReferenceProfile, MonitoredModel>();

/** The profile, ready to judge by. */
export function liveModel(profile: ReferenceProfile, plan: Plan): MonitoredModel {
  let model = models.get(profile);
  if (!model) models.set(profile, (model = monitoredModel(profile, plan)));
  return model;
}

/** A sketched window as one that was counted on the bins of the reference. */
export function onLiveBins(window: ClosedWindow, { table }: MonitoredModel): ClosedWindow {
  const { counts, outside } = sketchesOnBins(window.counts, table);
  return { ...window, subject: 'rows', reference: 'live', counts: [...counts, [], outside] };
}
