import type { Clock } from '@millrace/core';
import type { ReferenceProfile } from '@millrace/drift';
import {
  labelsOf,
  openModelStore,
  openRegistry,
  readSignature,
  selectOutputs,
  type ModelStoreSettings,
} from '@millrace/inference';

import { MonitorStage, type MonitorStageOptions } from './monitor.stage.ts';
import { readProfiles } from './read-profiles.ts';

export interface OpenMonitorOptions extends Omit<
  MonitorStageOptions,
  'outputs' | 'labels' | 'profiles' | 'readProfiles'
> {
  readonly clock: Clock;
  readonly modelStore: ModelStoreSettings;
}

/** The monitor, and the profile of the version that the plan begins with; null where it has none. */
export interface OpenedMonitor {
  readonly stage: MonitorStage;
  readonly profile: ReferenceProfile | null;
}

/**
 * The monitor's stage, with the outputs of the version that the plan names, the newest where it names none, and with the
 * profiles of all versions, also of those that come later.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `PROFILE_INVALID`
 */
export async function openMonitor(options: OpenMonitorOptions): Promise<OpenedMonitor> {
  const { plan, clock, modelStore } = options;
  const store = { settings: modelStore, clock };
  const files = await openRegistry(plan.models, store).resolve(plan.predict.model, plan.predict.version);
  const signature = await readSignature(files.modelFile, clock);
  const selected = selectOutputs(plan.predict.model, signature, plan.predict.outputs);
  const outputs = selected.map(({ published }) => published);
  const labels = labelsOf(selected);
  const models = openModelStore(plan.models, store);
  const read = (): ReturnType<typeof readProfiles> => readProfiles(models, plan, files.version, outputs);
  const profiles = await read();
  const stage = new MonitorStage({ ...options, outputs, labels, profiles, readProfiles: read });
  return { stage, profile: profiles.get(files.version) ?? null };
}
