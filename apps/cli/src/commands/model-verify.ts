import {
  checksumsOf,
  loadModel,
  openModelStore,
  openRegistry,
  readSignature,
  verifySample,
  type ModelFiles,
} from '@millrace/inference';
import { featureCategories, type Plan } from '@millrace/pipeline';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { modelArguments } from '../model-arguments.ts';
import { storeOptions } from '../store-options.ts';

interface Verified {
  readonly model: string;
  readonly version: string;
  /** Files whose checksums are as `model.json` says. */
  readonly checksums: readonly string[];
  /** The vector that it fits: the pipeline's, its own, or none. */
  readonly vector: 'pipeline' | 'model.json' | null;
  /** Its own sample rows that it answers as they say. */
  readonly sample_rows: number;
}

/** `millrace model verify MODEL[/VERSION] [PIPELINE]` */
export function registerVerify(model: Command, context: CliContext): void {
  model
    .command('verify')
    .description('sees that a version is whole, loads, fits the vector, and answers its own sample rows')
    .argument('<words...>', 'MODEL, or MODEL/VERSION, and the pipeline file (default: ./pipeline.yaml)')
    .usage('[options] MODEL[/VERSION] [PIPELINE]')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: { readonly json?: boolean }) => verify(words, options, context));
}

async function verify(
  words: readonly string[],
  { json }: { readonly json?: boolean },
  context: CliContext,
): Promise<void> {
  const { model, version, pipeline } = modelArguments(words);
  const plan = await context.loadPlan(pipeline);
  const isOfPlan = model === plan.predict.model;
  const files = await openRegistry(plan.models, storeOptions(context)).resolve(
    model,
    version ?? (isOfPlan ? plan.predict.version : null),
  );
  const verified: Verified = {
    model,
    version: files.version,
    checksums: await checkedFiles(plan, files, context),
    ...(await asked(plan, files, isOfPlan, context)),
  };
  if (json === true) printJson(context, verified);
  else for (const line of linesOf(verified)) printLine(context, line);
}

/** Those that `resolve` has compared. */
async function checkedFiles(
  { models }: Plan,
  { name, version }: ModelFiles,
  context: CliContext,
): Promise<readonly string[]> {
  const card = await openModelStore(models, storeOptions(context)).read(name, version, 'model.json');
  return [...checksumsOf(card ?? '{}', 'model.json').keys()];
}

/** Loads it for the vector that there is, and asks it for its sample rows. */
async function asked(
  { predict, vector }: Plan,
  files: ModelFiles,
  isOfPlan: boolean,
  { clock }: CliContext,
): Promise<Pick<Verified, 'vector' | 'sample_rows'>> {
  const names = isOfPlan ? vector.map(({ name }) => name) : (files.card?.features ?? null);
  if (names === null) {
    await readSignature(files.modelFile, clock);
    return { vector: null, sample_rows: 0 };
  }
  const outputs = isOfPlan ? predict.outputs : null;
  const categories = featureCategories(vector);
  const loaded = await loadModel({
    files,
    vector: names,
    categories,
    outputs,
    batch: predict.batch,
    clock,
    workers: 1,
  });
  try {
    const rows = await verifySample(loaded, files, { vector: names, outputs });
    return { vector: isOfPlan ? 'pipeline' : 'model.json', sample_rows: rows };
  } finally {
    await loaded.close();
  }
}

function linesOf({ model, version, checksums, vector, sample_rows: rows }: Verified): readonly string[] {
  const fits = {
    pipeline: "loads, and fits the pipeline file's vector",
    'model.json': 'loads, and fits the features of its model.json; it is not the model of the pipeline file',
  } as const;
  return [
    `${model} ${version}`,
    checksums.length > 0 ? `checksums are right: ${checksums.join(', ')}` : 'no checksums in its model.json',
    vector === null ? 'loads; no vector to compare with' : fits[vector],
    rows > 0 ? `answers its ${rows} sample rows as they say` : 'no sample rows',
  ];
}
