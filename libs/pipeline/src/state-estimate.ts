import type { Plan, StagePlan } from './plan.ts';

/** An event in a window, and what each feature takes of it, as `npm run bench -- features` and `restore` show. Rough figures. */
const RECORD_BYTES = 140;
const VALUE_BYTES = 16;
/** A restore reads and applies about so many records a second on one core. A rough figure. */
const RESTORED_PER_SECOND = 200_000;

export interface StageEstimate {
  readonly by: readonly string[];
  /** Events inside the longest windows. */
  readonly records: number;
  readonly bytes: number;
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
 * types. Windows hold every event of their types for as long as their longest `over`.
 */
export function estimateState(plan: Plan, rate: number): StateEstimate {
  const perType = rate / Math.max(1, plan.events.length);
  const stages = plan.stages.map((stage) => estimateStage(stage, perType, plan.limits.retainLateMs));
  const records = stages.reduce((sum, stage) => sum + stage.records, 0);
  const bytes = stages.reduce((sum, stage) => sum + stage.bytes, 0);
  return { rate, stages, records, bytes, restoreSeconds: records / RESTORED_PER_SECOND };
}

/** Each type that the stage aggregates is kept for its longest `over`. */
function estimateStage(stage: StagePlan, perType: number, retainLateMs: number): StageEstimate {
  let [records, bytes] = [0, 0];
  for (const features of Map.groupBy(stage.features, ({ from }) => from).values()) {
    const longestMs = Math.max(...features.map(({ overMs }) => overMs));
    const kept = Math.round((perType * (longestMs + retainLateMs)) / 1000);
    records += kept;
    bytes += kept * (RECORD_BYTES + VALUE_BYTES * features.length);
  }
  return { by: stage.by, records, bytes };
}
