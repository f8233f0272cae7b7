import { chmod } from 'node:fs/promises';
import { resolve } from 'node:path';

import { makeScratchPipeline, type ScratchPipeline } from '../e2e/scratch-pipeline.ts';

const MODELS = '/models';

/** The flights pipeline in a folder that a container's user can read, too. */
export async function makeMountedPipeline(): Promise<ScratchPipeline> {
  const pipeline = await makeScratchPipeline((text) => text.replace(/^models: \S+/m, `models: ${MODELS}`));
  await chmod(pipeline.folder, 0o755);
  return pipeline;
}

/** Where a container has its folder, and the example's models. */
export function mountsOf(pipeline: ScratchPipeline): { source: string; target: string; mode: 'ro' }[] {
  return [
    { source: pipeline.folder, target: '/pipeline', mode: 'ro' },
    { source: resolve('examples', 'flights', 'models'), target: MODELS, mode: 'ro' },
  ];
}
