import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { loadPlan, type Plan } from '@millrace/pipeline';

const run = promisify(execFile);
/** Kept from run to run, and out of git. */
const FOLDER = resolve('.millrace', 'bench-scorer');

const RUN = Date.now().toString(36);

/** What the benchmark asks, with the length of its vector. */
export const MODELS = { trees: 16, ffnn: 784 } as const;
export type ModelName = keyof typeof MODELS;

export interface BenchPipeline {
  readonly file: string;
  readonly plan: Plan;
  readonly modelFile: string;
}

/** The models of `make-models.py`, each with a pipeline of as many features, whose topics nobody has used before. */
export async function benchPipeline(python: string, model: ModelName): Promise<BenchPipeline> {
  const models = join(FOLDER, 'models');
  const modelFile = join(models, model, '1', 'model.onnx');
  if (!existsSync(modelFile)) {
    await rm(models, { recursive: true, force: true });
    await run(python, [join(import.meta.dirname, 'make-models.py'), models]);
  }
  const folder = join(FOLDER, model);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'asked.json'), JSON.stringify(SCHEMA));
  const file = join(folder, 'pipeline.yaml');
  await writeFile(file, pipelineText(model));
  return { file, plan: await loadPlan(file), modelFile };
}

const SCHEMA = {
  type: 'object',
  required: ['id', 'at', 'user', 'x'],
  properties: {
    id: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    user: { type: 'string' },
    x: { type: 'number' },
  },
};

function pipelineText(model: ModelName): string {
  const features = Array.from({ length: MODELS[model] }, (_, i) => `  - { name: f${i}, value: x }`);
  return `
apiVersion: millrace/v1
name: bench-${model}-${RUN}
models: ../models
topics: { partitions: 8 }
events:
  asked: { schema: asked.json, id: id, time: at }
predict: { on: asked, key: user, model: ${model}, version: "1", include_features: false }
features:
${features.join('\n')}
`;
}
