import type { Clock } from '@millrace/core';
import { openRegistry, readSignature, selectOutputs, type ModelStoreSettings } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import { MonitorStage, type MonitorStageOptions } from './monitor.stage.ts';
import { readProfile } from './read-profile.ts';

export interface OpenMonitorOptions extends Omit<MonitorStageOptions, 'outputs' | 'profiles'> {
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
  const outputs = await outputNames(plan, files.modelFile, clock);
  const profile = await readProfile(files, plan, outputs);
  return new MonitorStage({ ...options, outputs, profiles: new Map(profile && [[files.version, profile]]) });
}

async function outputNames(plan: Plan, modelFile: string, clock: Clock): Promise<readonly string[]> {
  const signature = await readSignature(modelFile, clock);
  return selectOutputs(plan.predict.model, signature, plan.predict.outputs).map(({ published }) => published);
}
