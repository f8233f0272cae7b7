import { AppError, type Clock } from '@millrace/core';
import { buildProfile, formatProfile, unusableRow, type ReferenceProfile, type SampleRow } from '@millrace/drift';
import { openModelStore, openRegistry, type LoadedModel, type ModelFiles } from '@millrace/inference';
import type { FeaturePlan, Plan } from '@millrace/pipeline';
import type { Command } from 'commander';

import { note, printJson, printLine, type CliContext } from '../context.ts';
import { fewRows } from '../few-rows.ts';
import { loadPlanModel } from '../load-plan-model.ts';
import { modelArguments } from '../model-arguments.ts';
import { sampleRows, type UnscoredRow } from '../sample-rows.ts';
import { readTable } from '../sample-table.ts';
import { storeOptions } from '../store-options.ts';

interface ProfileOptions {
  readonly sample: string;
  readonly json?: boolean;
}

/** `millrace model profile MODEL --sample FILE [PIPELINE]` */
export function registerProfile(model: Command, context: CliContext): void {
  model
    .command('profile')
    .description('makes the reference that the monitor compares with: profile.json beside model.onnx')
    .argument('<words...>', 'MODEL, or MODEL/VERSION, and the pipeline file (default: ./pipeline.yaml)')
    .usage('[options] MODEL [PIPELINE]')
    .requiredOption(
      '--sample <file>',
      'training sample, .csv, .jsonl or .parquet: the features by name; id, at, label where present',
    )
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: ProfileOptions) => profile(words, options, context));
}

async function profile(words: readonly string[], { sample, json }: ProfileOptions, context: CliContext): Promise<void> {
  const named = modelArguments(words);
  const plan = await context.loadPlan(named.pipeline);
  const { model: name, version = plan.predict.version } = named;
  const files = await openRegistry(plan.models, storeOptions(context)).resolve(name, version);
  const rows = sampleRows(
    await readTable(sample),
    plan.vector.map((feature) => feature.name),
    sample,
  );
  if (context.stderr.isTerminal) note(context, `scoring ${rows.length} rows by ${files.name} ${files.version}`);
  const { made, scored } = await profileOf(plan, files, rows, context.clock);
  const store = openModelStore(plan.models, storeOptions(context));
  const file = await store.putProfile(files.name, files.version, formatProfile(made));
  const noErrorRate = whyNoErrorRate(scored, sample);
  for (const said of [fewRows(made.rows), noErrorRate]) if (said !== null) note(context, said);
  const said = {
    file,
    model: made.model,
    version: made.version,
    rows: made.rows,
    labelled: made.labels?.rows ?? 0,
    own_windows: made.own?.windows.length ?? 0,
    ...(made.hours && { hours_of_week: made.hours.rows.filter((count) => count > 0).length }),
  };
  const hours = said.hours_of_week === undefined ? '' : `, ${said.hours_of_week} of 168 hours of the week`;
  if (json) printJson(context, said);
  else
    printLine(
      context,
      `${file}: ${said.rows} rows, ${said.labelled} with a label, ${said.own_windows} windows of its own${hours}`,
    );
}

async function profileOf(
  plan: Plan,
  files: ModelFiles,
  rows: readonly UnscoredRow[],
  clock: Clock,
): Promise<{ readonly made: ReferenceProfile; readonly scored: readonly SampleRow[] }> {
  const model = await loadPlanModel(plan, files, clock);
  try {
    const scored = await scoreAll(model, rows, plan.predict.batch.rows);
    const features = plan.vector.map((feature) => ({ name: feature.name, categories: categoriesOf(feature) }));
    const { window, seasonal } = plan.monitor;
    const subject = { model: files.name, version: files.version, features, outputs: model.outputs, window, seasonal };
    return { made: buildProfile(subject, scored), scored };
  } finally {
    await model.close();
  }
}

async function scoreAll(model: LoadedModel, rows: readonly UnscoredRow[], size: number): Promise<readonly SampleRow[]> {
  const scored: SampleRow[] = [];
  for (let from = 0; from < rows.length; from += size) {
    const chunk = rows.slice(from, from + size);
    const outcomes = await model.score(chunk.map(({ vector }) => vector));
    outcomes.forEach((outcome, i) => {
      if (!outcome.ok)
        throw new AppError(
          'INPUT_INVALID',
          `row ${from + i + 1} of the sample cannot be scored: ${outcome.error.detail}`,
          { cause: outcome.error },
        );
      scored.push({ ...(chunk[i] as UnscoredRow), outputs: outcome.value });
    });
  }
  return scored;
}

function whyNoErrorRate(rows: readonly SampleRow[], sample: string): string | null {
  const at = unusableRow(rows);
  const found = rows[at];
  if (!found) return null;
  const values = `the label ${found.label} and ${found.outputs[0]} for its first output`;
  return `${sample}: row ${at + 1} has ${values}. An error rate takes labels of 0 and 1, and probabilities: performance is that of a number.`;
}

function categoriesOf(feature: FeaturePlan) {
  return feature.kind === 'value' ? feature.categories : null;
}
