import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { AppError } from '@millrace/core';

import type { ModelPort } from '../model-port.ts';
import type { ModelFiles } from './model-registry.ts';
import { SAMPLE_FILE } from './model-store.ts';
import { parseSample, type SampleRow } from './sample-rows.ts';
import { systemCode } from './store-failure.ts';

/** How a model is asked: what a plan says. */
export interface SampleUse {
  /** Names of the features, in the vector's order. */
  readonly vector: readonly string[];
  /** Published name by the model's output name; null: they are published under their own names. */
  readonly outputs: ReadonlyMap<string, string> | null;
}

/**
 * Asks a model for its version's own sample rows (`sample.jsonl` beside `model.onnx`), where it has some. Outputs that
 * this use does not compute are not compared.
 *
 * @returns how many rows there are
 * @throws AppError `MODEL_SAMPLE_FAILED` with the first row that is wrong, `MODEL_INVALID` for a file that is no sample
 */
export async function verifySample(
  model: Pick<ModelPort, 'outputs' | 'score'>,
  files: ModelFiles,
  use: SampleUse,
): Promise<number> {
  const file = join(dirname(files.modelFile), SAMPLE_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  return compareSample(model, parseSample(text, file), use, `${files.name} ${files.version}`);
}

/** The same for rows that are at hand. */
export async function compareSample(
  model: Pick<ModelPort, 'outputs' | 'score'>,
  rows: readonly SampleRow[],
  { vector, outputs }: SampleUse,
  title: string,
): Promise<number> {
  const failed = (i: number, why: string): never => {
    throw new AppError(
      'MODEL_SAMPLE_FAILED',
      `${title}, row ${i + 1} of its ${SAMPLE_FILE}: ${why}. The file is damaged, or this runtime computes something else than the trainer's: export and add the model again.`,
    );
  };
  const vectors = rows.map(({ inputs }, i) =>
    Float32Array.from(vector, (name) => {
      const value = inputs[name];
      return value === undefined ? failed(i, `it has no ${name}, which the vector has`) : (value ?? Number.NaN);
    }),
  );
  (await model.score(vectors)).forEach((outcome, i) => {
    if (!outcome.ok) return failed(i, outcome.error.detail);
    const { outputs: expected, tolerance } = rows[i] as SampleRow;
    for (const [name, wanted] of Object.entries(expected)) {
      const found = outcome.value[model.outputs.indexOf(outputs?.get(name) ?? name)];
      if (found !== undefined && !isNear(found, wanted, tolerance))
        failed(i, `${name} is ${found}, and should be ${wanted}, give or take ${tolerance}`);
    }
  });
  return rows.length;
}

function isNear(found: number, wanted: number | null, tolerance: number): boolean {
  if (wanted === null || !Number.isFinite(found)) return wanted === null && !Number.isFinite(found);
  return Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
}
