import { withLostDigits } from '@millrace/core';
import { openRegistry, type LoadedModel } from '@millrace/inference';
import { publishedNumber } from '@millrace/records';
import type { Command } from 'commander';

import type { CliContext } from '../context.ts';
import { loadPlanModel } from '../load-plan-model.ts';
import { modelRun } from '../model-run.ts';
import { inBulk } from '../offline/in-bulk.ts';
import { OfflineJob } from '../offline/offline-job.ts';
import { scoreRows, type ScoredVector } from '../offline/score-rows.ts';
import { columns, type Cell } from '../rows/column.ts';
import { featureCells, featureColumns } from '../rows/feature-columns.ts';
import { rowEncodingOf } from '../rows/row-encoding-of.ts';
import { storeOptions } from '../store-options.ts';

interface BatchOptions {
  readonly out: string;
}

/** Batches of the model that are scored together, for each of its workers; as many again wait, so that none lacks work. */
const BATCHES_PER_WORKER = 2;
/** `millrace batch [PIPELINE] EVENTS --out FILE` */
export function register(program: Command, context: CliContext): void {
  program
    .command('batch')
    .description('computes and scores the feature vectors of a file of events, as a replay would: a row per request')
    .argument(
      '[words...]',
      '[PIPELINE] EVENTS: a pipeline file (default: ./pipeline.yaml), and a file of events: .jsonl, .csv, gzipped with .gz, or .parquet',
    )
    .requiredOption('--out <file>', 'where to: .csv or .jsonl, gzipped with .gz, or .parquet')
    .action((words: readonly string[], options: BatchOptions) => batch(words, options, context));
}

async function batch(words: readonly string[], { out }: BatchOptions, context: CliContext): Promise<void> {
  const job = await OfflineJob.open(words, context);
  const { models, predict } = job.plan;
  const files = await openRegistry(models, storeOptions(context)).resolve(predict.model, predict.version);
  const bulk = inBulk(predict.batch, modelRun(context));
  const model = await loadPlanModel(job.plan, files, context.clock, bulk);
  try {
    await score(job, model, bulk.batch.rows * model.workers * BATCHES_PER_WORKER, out);
  } finally {
    await model.close();
  }
}

/** @param size rows that are scored together */
async function score(job: OfflineJob, model: LoadedModel, size: number, out: string): Promise<void> {
  const encode = rowEncodingOf(out, [
    ...featureColumns(job.plan),
    { name: 'version', kind: 'text' },
    ...model.outputs.flatMap((name) => columns(model.labels?.has(name) ? 'text' : 'float64', [name])),
  ]);
  await job.write(out, encode, (vectors) =>
    cellsOf(scoreRows(vectors, { model, size, onRejected: job.reject }), model),
  );
}

async function* cellsOf(
  rows: AsyncIterable<ScoredVector>,
  { version, outputs, labels }: LoadedModel,
): AsyncGenerator<readonly Cell[]> {
  const texts = outputs.map((name) => labels?.get(name) ?? null);
  const published = ({ outputs: found }: ScoredVector): readonly Cell[] =>
    texts.map((classes, i) => {
      const value = withLostDigits(found[i] as number, found[texts.length + i]);
      return typeof value === 'bigint' ? value : (classes?.[value] ?? publishedNumber(value));
    });
  for await (const row of rows) yield [...featureCells(row), version, ...published(row)];
}
