import type { PipelineFile } from './pipeline-file.ts';
import type { Problems } from './problems.ts';

/** Refuses what this version would silently not do. */
export function checkLater(file: PipelineFile, problems: Problems): void {
  if (file.rollout !== undefined) problems.addLater(['rollout'], 'rollout', 'no rollout');
  if (file.retrain !== undefined) problems.addLater(['retrain'], 'retrain', 'no retrain');
}
