import { stat } from 'node:fs/promises';

import { AppError } from '@millrace/core';
import { sessionBytes, type LoadedModel, type ModelFiles } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import type { CliContext } from '../context.ts';
import { loadPlanModel } from '../load-plan-model.ts';
import { modelRun } from '../model-run.ts';
import { compareOutput, type OutputComparison } from './compare-outputs.ts';
import type { LabelledRequest } from './labelled-requests.ts';
import { scoredRequests, type ScoredRequests } from './scored-requests.ts';
import { alternatingThroughput } from './throughput.ts';

/** What one of two models costs. */
export interface ComparedModel {
  readonly name: string;
  readonly version: string;
  readonly provider: string;
  /** Of the `.onnx` file alone. */
  readonly fileBytes: number;
  /** What one more session takes of a process: see `sessionBytes`. */
  readonly sessionBytes: number;
  readonly rowsPerSecond: number;
  /** Requests that it fails on. */
  readonly failed: number;
}

/** Two models on the same requests. */
export interface Comparison {
  readonly models: readonly [ComparedModel, ComparedModel];
  /** Worker threads of each, and rows of a batch: those of the pipeline, on this machine. */
  readonly workers: number;
  readonly batchRows: number;
  /** Requests that both scored. */
  readonly compared: number;
  /** Those that both models have, by their published names. */
  readonly outputs: readonly OutputComparison[];
  /** Outputs that only one of the two has. */
  readonly unmatched: readonly string[];
}

/** Batches of the model that are scored together, for each of its workers: none waits for work. */
const BATCHES_PER_WORKER = 4;

export interface ComparisonSubject {
  readonly plan: Plan;
  readonly files: readonly [ModelFiles, ModelFiles];
  /** Asked for once the models are loaded: what does not fit is said before a file is read. */
  readonly requests: () => Promise<readonly LabelledRequest[]>;
}

/** @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`, `INPUT_INVALID`, `INTERRUPTED` */
export async function compareModels(subject: ComparisonSubject, context: CliContext): Promise<Comparison> {
  const { plan, files } = subject;
  const a = await loadPlanModel(plan, files[0], context.clock, modelRun(context));
  try {
    const b = await loadPlanModel(plan, files[1], context.clock, modelRun(context));
    try {
      return await compareLoaded(subject, [a, b], context);
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}

async function compareLoaded(
  { plan, files, requests: read }: ComparisonSubject,
  models: readonly [LoadedModel, LoadedModel],
  { clock, signal }: CliContext,
): Promise<Comparison> {
  const [a, b] = models;
  const shared = a.outputs.filter((name) => b.outputs.includes(name));
  if (shared.length === 0)
    throw new AppError(
      'MODEL_MISMATCH',
      `${a.name} ${a.version} gives ${a.outputs.join(', ')}, ${b.name} ${b.version} gives ${b.outputs.join(', ')}: none is the same. Outputs are compared by name; name them alike in the files.`,
    );
  const requests = await read();
  const size = plan.predict.batch.rows * a.workers * BATCHES_PER_WORKER;
  const scored = [
    await scoredRequests(a, requests, size, signal),
    await scoredRequests(b, requests, size, signal),
  ] as const;
  const both = bothScored(requests, scored);
  const rates = await alternatingThroughput(
    models,
    both.map(({ vector }) => vector),
    { clock, size, signal },
  );
  return {
    models: [
      await costOf(plan, a, files[0], scored[0], rates[0]),
      await costOf(plan, b, files[1], scored[1], rates[1]),
    ],
    workers: a.workers,
    batchRows: plan.predict.batch.rows,
    compared: both.length,
    outputs: shared.map((name) => compareOutput(columnOf(name, models, both), both)),
    unmatched: [...a.outputs, ...b.outputs].filter((name) => !shared.includes(name)),
  };
}

interface ScoredByBoth extends LabelledRequest {
  readonly outputs: readonly [Float64Array, Float64Array];
}

/** @throws AppError `INPUT_INVALID` where there is no such request */
function bothScored(
  requests: readonly LabelledRequest[],
  [a, b]: readonly [ScoredRequests, ScoredRequests],
): readonly ScoredByBoth[] {
  const both = requests.flatMap((request, i): ScoredByBoth[] => {
    const [ofA, ofB] = [a.outputs[i], b.outputs[i]];
    return ofA && ofB ? [{ ...request, outputs: [ofA, ofB] }] : [];
  });
  if (both.length > 0) return both;
  throw new AppError(
    'INPUT_INVALID',
    `not one of ${requests.length} requests is scored by both models. ` +
      [a, b]
        .map(
          ({ failed, firstFailure }, i) => `${'AB'[i]} fails on ${failed}${firstFailure ? ` (${firstFailure})` : ''}`,
        )
        .join('; '),
  );
}

function columnOf(name: string, models: readonly [LoadedModel, LoadedModel], rows: readonly ScoredByBoth[]) {
  const values = (which: 0 | 1): Float64Array => {
    const column = models[which].outputs.indexOf(name);
    return Float64Array.from(rows, ({ outputs }) => outputs[which][column] as number);
  };
  return { name, a: values(0), b: values(1) };
}

async function costOf(
  { predict }: Plan,
  { name, version, provider }: LoadedModel,
  { modelFile }: ModelFiles,
  { failed }: ScoredRequests,
  rowsPerSecond: number,
): Promise<ComparedModel> {
  return {
    name,
    version,
    provider,
    fileBytes: (await stat(modelFile)).size,
    sessionBytes: await sessionBytes(modelFile, predict.providers),
    rowsPerSecond,
    failed,
  };
}
