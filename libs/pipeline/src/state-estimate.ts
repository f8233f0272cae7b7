import type { Plan, StagePlan } from './plan.ts';

/** An event in a window, and what each feature takes of it, as `npm run bench -- features` and `restore` show. Rough figures. */
const RECORD_BYTES = 140;
const VALUE_BYTES = 16;
/** A folded pane, and a feature's state in it: those of sums of fractions are the largest. Rough figures, from the same. */
const PANE_BYTES = 160;
const STATE_BYTES = 300;
/** A restore reads and applies about so many records a second on one core. A rough figure. */
const RESTORED_PER_SECOND = 200_000;

export interface StageEstimate {
  readonly by: readonly string[];
  /** Events inside the longest windows: what a restore reads. */
  readonly records: number;
  /** Of the events that are kept as such. */
  readonly bytes: number;
  /** Beside them, under each key: at most so many panes. 0 where every window is exact. */
  readonly panesPerKey: number;
  readonly paneBytesPerKey: number;
}

export interface StateEstimate {
  /** Events a second, all types together. */
  readonly rate: number;
  readonly stages: readonly StageEstimate[];
  readonly records: number;
  readonly bytes: number;
  /** By one instance that has all partitions. */
  readonly restoreSeconds: number;
}

/**
 * How much the keyed stages keep, and how long a restart reads, when events come at `rate` a second, evenly over their
 * types. Exact windows hold every event of their types for as long as their longest `over`; those in panes, until its pane is over.
 */
export function estimateState(plan: Plan, rate: number): StateEstimate {
  const perMs = rate / Math.max(1, plan.events.length) / 1000;
  const stages = plan.stages.map((stage) => estimateStage(stage, perMs, plan.limits.retainLateMs));
  const records = stages.reduce((sum, stage) => sum + stage.records, 0);
  const bytes = stages.reduce((sum, stage) => sum + stage.bytes, 0);
  return { rate, stages, records, bytes, restoreSeconds: records / RESTORED_PER_SECOND };
}

function estimateStage(stage: StagePlan, perMs: number, retainLateMs: number): StageEstimate {
  const total = { records: 0, bytes: 0, panesPerKey: 0, paneBytesPerKey: 0 };
  for (const features of Map.groupBy(stage.features, ({ from }) => from).values()) {
    const entryBytes = RECORD_BYTES + VALUE_BYTES * features.length;
    const keptMs: number[] = [];
    const readMs: number[] = [];
    for (const [resolutionMs, alike] of Map.groupBy(features, (feature) => feature.resolutionMs)) {
      const overMs = Math.max(...alike.map((feature) => feature.overMs));
      keptMs.push((resolutionMs ?? overMs) + retainLateMs);
      readMs.push(overMs + (resolutionMs ?? 0) + retainLateMs);
      if (resolutionMs === null) continue;
      const panes = Math.ceil(overMs / resolutionMs) + 1;
      total.panesPerKey += panes;
      total.paneBytesPerKey += panes * (PANE_BYTES + STATE_BYTES * alike.length);
    }
    total.records += Math.round(perMs * Math.max(...readMs));
    total.bytes += Math.round(perMs * Math.max(...keptMs)) * entryBytes;
  }
  return { by: stage.by, ...total };
}
