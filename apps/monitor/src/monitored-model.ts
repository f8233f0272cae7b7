import { ruledSignals, signalTable, type ReferenceProfile, type RuledSignal, type SignalTable } from '@millrace/drift';
import type { MonitorPlan } from '@millrace/pipeline';

/** A model version that can be monitored: its profile, ready to count by and to judge by. */
export interface MonitoredModel {
  readonly profile: ReferenceProfile;
  readonly table: SignalTable;
  readonly signals: readonly RuledSignal[];
}

/** @throws AppError `PROFILE_INVALID` where a floor asks for what the profile does not hold */
export function monitoredModel(profile: ReferenceProfile, plan: MonitorPlan): MonitoredModel {
  const table = signalTable(profile);
  return { profile, table, signals: ruledSignals(table, profile, plan) };
}
