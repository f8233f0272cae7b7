import { resolve } from 'node:path';

import { AppError, shortestFloat32, type Clock } from '@millrace/core';
import {
  compareSample,
  loadModel,
  parseModelCard,
  TOLERANCE,
  type ModelSignature,
  type SampleRow,
} from '@millrace/inference';
import { featureCategories, type Plan } from '@millrace/pipeline';

import { sampleRows } from './sample-rows.ts';
import { readTable, type TableRow } from './sample-table.ts';

/** A model that is to answer a sample. */
export interface SampledModel {
  readonly model: string;
  readonly file: string;
  readonly plan: Plan;
  readonly signature: ModelSignature;
  readonly card: Readonly<Record<string, unknown>>;
  readonly features: readonly string[] | null;
}

/**
 * Reads rows of features and of outputs, which the trainer computed, and sees that the model answers so.
 *
 * @throws AppError `INPUT_INVALID`, `MODEL_SAMPLE_FAILED`
 */
export async function sampledAnswers(sample: string, about: SampledModel, clock: Clock): Promise<readonly SampleRow[]> {
  const { model, file, plan, signature, card, features } = about;
  if (features === null)
    throw new AppError(
      'INPUT_INVALID',
      `the features of ${model} are not known: --features names a pipeline file with its vector.`,
    );
  const table = await readTable(sample);
  const vectors = sampleRows(table, features, sample);
  const names = signature.outputs.map(({ name }) => name).filter((name) => table[0] && name in table[0]);
  if (names.length === 0) throw noOutputs(sample, signature);
  const rows = vectors.map(({ vector }, i): SampleRow => ({
    inputs: Object.fromEntries(features.map((name, at) => [name, asJson(vector[at] as number)])),
    outputs: Object.fromEntries(names.map((name) => [name, outputOf(table[i] as TableRow, name, sample, i)])),
    tolerance: TOLERANCE,
  }));
  const outputs = new Map(names.map((name) => [name, name]));
  const files = {
    name: model,
    version: 'new',
    modelFile: resolve(file),
    profileFile: null,
    card: parseModelCard(JSON.stringify(card), 'model.json'),
  };
  const categories = featureCategories(plan.vector);
  const loaded = await loadModel({
    files,
    vector: features,
    categories,
    outputs,
    batch: plan.predict.batch,
    clock,
    workers: 1,
  });
  try {
    await compareSample(loaded, rows, { vector: features, outputs }, model);
    return rows;
  } finally {
    await loaded.close();
  }
}

function noOutputs(sample: string, { outputs }: ModelSignature): AppError {
  return new AppError(
    'INPUT_INVALID',
    `${sample} has no column ${outputs.map(({ name }) => name).join(' or ')}; a sample has what the model answers, under the name of its output.`,
  );
}

/** JSON has no NaN. */
function asJson(value: number): number | null {
  return Number.isFinite(value) ? shortestFloat32(value) : null;
}

function outputOf(row: TableRow, name: string, sample: string, i: number): number | null {
  const value = row[name];
  if (value === '' || value === null || value === undefined) return null;
  const number = Number(value);
  if (!Number.isNaN(number)) return number;
  throw new AppError(
    'INPUT_INVALID',
    `${sample}: row ${i + 1} has ${JSON.stringify(value)} for ${name}; a number is allowed, or nothing.`,
  );
}
