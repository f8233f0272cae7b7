import type { FeatureRow } from '@millrace/features';
import type { Command } from 'commander';

import type { CliContext } from '../context.ts';
import { OfflineJob } from '../offline/offline-job.ts';
import type { Cell } from '../rows/column.ts';
import { featureCells, featureColumns } from '../rows/feature-columns.ts';
import { rowEncodingOf } from '../rows/row-encoding-of.ts';

interface FeaturesOptions {
  readonly out: string;
}

/** `millrace features [PIPELINE] EVENTS --out FILE` */
export function register(program: Command, context: CliContext): void {
  program
    .command('features')
    .description('computes the feature vectors of a file of events, as a replay would: a row per request')
    .argument(
      '[words...]',
      '[PIPELINE] EVENTS: a pipeline file (default: ./pipeline.yaml), and a file of events: .jsonl, .csv, gzipped with .gz, or .parquet',
    )
    .requiredOption('--out <file>', 'where to: .csv or .jsonl, gzipped with .gz, or .parquet')
    .action((words: readonly string[], options: FeaturesOptions) => features(words, options, context));
}

async function features(words: readonly string[], { out }: FeaturesOptions, context: CliContext): Promise<void> {
  const job = await OfflineJob.open(words, context);
  await job.write(out, rowEncodingOf(out, featureColumns(job.plan)), cellsOf);
}

async function* cellsOf(rows: AsyncIterable<FeatureRow>): AsyncGenerator<readonly Cell[]> {
  for await (const row of rows) yield featureCells(row);
}
