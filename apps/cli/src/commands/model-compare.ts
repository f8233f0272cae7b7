import { AppError } from '@millrace/core';
import type { Command } from 'commander';

import { comparisonJson } from '../compare/comparison-json.ts';
import { compareModels } from '../compare/comparison.ts';
import { formatComparison } from '../compare/format-comparison.ts';
import { labelNote } from '../compare/label-note.ts';
import { labelledRequests } from '../compare/labelled-requests.ts';
import { modelFilesOf } from '../compare/model-reference.ts';
import { note, printJson, printLine, type CliContext } from '../context.ts';
import { isPipelineFile } from '../pipeline-argument.ts';

interface CompareOptions {
  readonly json?: boolean;
}

/** `millrace model compare A B [PIPELINE] EVENTS` */
export function registerCompare(model: Command, context: CliContext): void {
  model
    .command('compare')
    .description('two models on the same events: how far apart, how good where events tell, how fast, how large')
    .argument(
      '<words...>',
      'A and B: MODEL/VERSION, MODEL (its newest), or a file .onnx; the pipeline file (default: ./pipeline.yaml); EVENTS: .jsonl, .csv, gzipped with .gz, or .parquet',
    )
    .usage('[options] A B [PIPELINE] EVENTS')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: CompareOptions) => compare(words, options, context));
}

async function compare(words: readonly string[], { json }: CompareOptions, context: CliContext): Promise<void> {
  const { a, b, events, pipeline } = argumentsOf(words);
  const plan = await context.loadPlan(pipeline);
  const files = [await modelFilesOf(a, plan, context), await modelFilesOf(b, plan, context)] as const;
  const requests = async () => {
    const found = await labelledRequests(plan, events, context);
    const missing = labelNote(plan, found);
    if (missing !== null) note(context, missing);
    if (context.stderr.isTerminal) note(context, `scoring ${found.length} requests`);
    return found;
  };
  const comparison = await compareModels({ plan, files, requests }, context);
  if (json) printJson(context, comparisonJson(comparison));
  else printLine(context, formatComparison(comparison));
}

function argumentsOf(words: readonly string[]) {
  const pipelines = words.filter(isPipelineFile);
  const [a, b, events, ...more] = words.filter((word) => !isPipelineFile(word));
  if (a !== undefined && b !== undefined && events !== undefined && more.length === 0 && pipelines.length <= 1)
    return { a, b, events, pipeline: pipelines[0] };
  throw new AppError(
    'WRONG_USE',
    `found ${words.join(' ')}; two models (MODEL, MODEL/VERSION or a file .onnx), a file of events and at most one pipeline file (.yaml) are allowed.`,
  );
}
