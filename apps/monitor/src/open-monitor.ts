import type { Clock } from '@millrace/core';
import { labelsOf, openRegistry, readSignature, selectOutputs, type ModelStoreSettings } from '@millrace/inference';

import { MonitorStage, type MonitorStageOptions } from './monitor.stage.ts';
import { readProfile } from './read-profile.ts';

export interface OpenMonitorOptions extends Omit<MonitorStageOptions, 'outputs' | 'labels' | 'profiles'> {
  readonly clock: Clock;
  readonly modelStore: ModelStoreSettings;
}

/**
 * The monitor's stage for the version that the plan names, the newest where it names none, with what the registry has of
 * it.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `PROFILE_INVALID`
 */
export async function openMonitor(options: OpenMonitorOptions): Promise<MonitorStage> {
  const { plan, clock, modelStore } = options;
  const files = await openRegistry(plan.models, { settings: modelStore, clock }).resolve(
    plan.predict.model,
    plan.predict.version,
  );
  const signature = await readSignature(files.modelFile, clock);
  const selected = selectOutputs(plan.predict.model, signature, plan.predict.outputs);
  const outputs = selected.map(({ published }) => published);
  const labels = labelsOf(selected);
  const profile = await readProfile(files, plan, outputs);
  return new MonitorStage({ ...options, outputs, labels, profiles: new Map(profile && [[files.version, profile]]) });
}
