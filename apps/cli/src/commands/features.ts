import { AppError } from '@millrace/core';
import { measureDisorder, offlineFeatures, type FeatureRow } from '@millrace/features';
import { shortestFloat32 } from '@millrace/records';
import type { Command } from 'commander';

import { note, type CliContext } from '../context.ts';
import { readEvents } from '../events/read-events.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import { rowFormatOf, type Cell } from '../rows/row-format.ts';
import { writeRows } from '../rows/write-rows.ts';

interface FeaturesOptions {
  readonly out: string;
}

/** `millrace features [PIPELINE] EVENTS --out FILE` */
export function register(program: Command, context: CliContext): void {
  program
    .command('features')
    .description('computes the feature vectors of a file of events, as a replay would: a row per request')
    .argument('[words...]', '[PIPELINE] EVENTS: a pipeline file (default: ./pipeline.yaml), and a file of events')
    .requiredOption('--out <file>', 'where to: .csv or .jsonl, gzipped with .gz')
    .action((words: readonly string[], options: FeaturesOptions) => features(words, options, context));
}

async function features(words: readonly string[], { out }: FeaturesOptions, context: CliContext): Promise<void> {
  const { pipeline, rest } = splitPipeline(words, ['EVENTS']);
  const [events, ...more] = rest as [string, ...string[]];
  if (more.length > 0)
    throw new AppError('WRONG_USE', `found ${more.join(' ')} behind the file of events; one file is read.`);
  const plan = await context.loadPlan(pipeline);
  const format = rowFormatOf(out, ['id', 'at', 'key', ...plan.vector.map(({ name }) => name)]);
  const rejected = new Map<string, number>();
  const onRejected = ({ code }: AppError): void => void rejected.set(code, (rejected.get(code) ?? 0) + 1);
  const disorderMs = await measureDisorder(plan, readEvents(events, plan));
  const rows = cellsOf(offlineFeatures(plan, readEvents(events, plan), { disorderMs, onRejected }));
  const written = await writeRows(out, format, rows, context.signal);
  note(context, `${written} rows written to ${out}`);
  for (const [code, count] of rejected) note(context, `${count} events left out, dead letters in a stream: ${code}`);
}

async function* cellsOf(rows: AsyncIterable<FeatureRow>): AsyncGenerator<readonly Cell[]> {
  for await (const { id, at, key, vector } of rows) yield [id, at, key, ...Array.from(vector, cellOf)];
}

/** NaN is null; a float32 in its shortest digits. */
function cellOf(value: number): Cell {
  return Number.isFinite(value) ? shortestFloat32(value) : null;
}
