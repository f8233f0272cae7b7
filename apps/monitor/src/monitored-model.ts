import {
  effectFloor,
  signalTable,
  type FloorSetting,
  type IncidentRule,
  type ReferenceProfile,
  type SignalTable,
  type WatchedSignal,
} from '@millrace/drift';
import type { MonitorPlan } from '@millrace/pipeline';

/** A watched signal with what an incident on it takes. */
export interface RuledSignal {
  readonly signal: WatchedSignal;
  readonly rule: IncidentRule;
}

/** A model version that can be monitored: its profile, ready to count by and to judge by. */
export interface MonitoredModel {
  readonly profile: ReferenceProfile;
  readonly table: SignalTable;
  readonly signals: readonly RuledSignal[];
}

/** @throws AppError `PROFILE_INVALID` where a floor asks for what the profile does not hold */
export function monitoredModel(profile: ReferenceProfile, plan: MonitorPlan): MonitoredModel {
  const table = signalTable(profile);
  const logThreshold = Math.log(plan.runLength * table.watched.length);
  const signals = table.watched.map((signal) => {
    const floor = effectFloor(floorSetting(signal.name, plan), signal.name, profile, plan.window);
    return { signal, rule: { logThreshold, floor, remindMs: plan.remindMs } };
  });
  return { profile, table, signals };
}

function floorSetting(signal: string, { floor, floors }: MonitorPlan): FloorSetting {
  return floors.get(signal) ?? floor;
}
