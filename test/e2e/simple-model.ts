import { mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { simpleModel } from '@millrace/inference/testing';

import type { ScratchPipeline } from './scratch-pipeline.ts';

/** Puts the model of Triton's examples beside the pipeline's: `INPUT0`, `INPUT1` int32 [N, 16], their sum and difference. */
export async function addSimpleModel({ folder }: ScratchPipeline): Promise<void> {
  const models = join(folder, 'models');
  const example = await readlink(models);
  await rm(models);
  await mkdir(join(models, 'simple', '1'), { recursive: true });
  await symlink(join(example, 'arrival-delay'), join(models, 'arrival-delay'));
  await writeFile(join(models, 'simple', '1', 'model.onnx'), simpleModel());
}
