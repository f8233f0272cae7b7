import type { Plan, StagePlan } from './plan.ts';

/** An event in a window: id and time, a few numbers and their bookkeeping, as `npm run bench -- features` shows. A rough figure. */
const RECORD_BYTES = 150;
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
  const stages = plan.stages.map((stage): StageEstimate => {
    const records = Math.round(perType * secondsKept(stage, plan.limits.retainLateMs));
    return { by: stage.by, records, bytes: records * RECORD_BYTES };
  });
  const records = stages.reduce((sum, stage) => sum + stage.records, 0);
  return { rate, stages, records, bytes: records * RECORD_BYTES, restoreSeconds: records / RESTORED_PER_SECOND };
}

/** The longest `over` of each type that the stage aggregates, together. */
function secondsKept(stage: StagePlan, retainLateMs: number): number {
  const longest = new Map<string, number>();
  for (const feature of stage.features)
    longest.set(feature.from, Math.max(feature.overMs, longest.get(feature.from) ?? 0));
  return [...longest.values()].reduce((sum, overMs) => sum + (overMs + retainLateMs) / 1000, 0);
}
