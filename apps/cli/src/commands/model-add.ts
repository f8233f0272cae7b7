import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { AppError, messageOf } from '@millrace/core';
import {
  addVersion,
  checkFits,
  describeTensor,
  externalFiles,
  formatSample,
  isFileName,
  MODEL_FILE,
  openModelStore,
  parseCardObject,
  parseModelCard,
  readSignature,
  SAMPLE_FILE,
  type ModelSignature,
  type NewFile,
} from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { splitNames } from '../model-arguments.ts';
import { sampledAnswers } from '../sampled-answers.ts';
import { storeOptions } from '../store-options.ts';

interface AddOptions {
  readonly version?: string;
  readonly features?: string;
  readonly card?: string;
  readonly sample?: string;
  readonly json?: boolean;
}

/** What becomes a version. */
interface Draft {
  readonly model: string;
  readonly file: string;
  readonly plan: Plan;
  readonly signature: ModelSignature;
  /** What its trainer says of it. */
  readonly card: Readonly<Record<string, unknown>>;
  /** Null: it takes no vector of a pipeline that is known here. */
  readonly features: readonly string[] | null;
}

/** `millrace model add MODEL FILE [PIPELINE]` */
export function registerAdd(model: Command, context: CliContext): void {
  model
    .command('add')
    .description('adds a version: an ONNX file, with the files of weights beside it')
    .argument('<words...>', 'MODEL, FILE, and the pipeline file (default: ./pipeline.yaml)')
    .usage('[options] MODEL FILE [PIPELINE]')
    .option('--version <name>', 'the version (default: the number after the greatest)')
    .option('--features <pipeline>', 'pipeline file whose vector it takes (default: PIPELINE, if MODEL is its model)')
    .option('--card <file>', 'a model.json of its trainer: what it says is kept')
    .option('--sample <file>', 'rows that it must answer: .csv, .jsonl or .parquet with features and outputs by name')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: AddOptions) => add(words, options, context));
}

async function add(words: readonly string[], options: AddOptions, context: CliContext): Promise<void> {
  const draft = await draftOf(words, options, context);
  const { model, file, plan, signature, card, features } = draft;
  const files = new Map<string, NewFile>([[MODEL_FILE, { path: file }], ...(await dataFiles(file))]);
  if (options.sample !== undefined) {
    const rows = await sampledAnswers(options.sample, draft, context.clock);
    files.set(SAMPLE_FILE, { text: formatSample(rows) });
  }
  const store = openModelStore(plan.models, storeOptions(context));
  const said = {
    created_at: new Date(context.clock.now()).toISOString(),
    source: basename(file),
    ...card,
    ...(features && { features }),
    signature,
  };
  const { version, isNew, sha256 } = await addVersion(store, {
    model,
    version: options.version ?? null,
    files,
    card: said,
  });
  const at = store.locationOf(model, version);
  const written = [...files.keys(), 'model.json'];
  if (options.json === true)
    printJson(context, { model, version, added: isNew, at, files: written, sha256, signature });
  else if (isNew) printLine(context, `${at}: ${written.join(', ')}; SHA-256 ${sha256}\n${signatureLines(signature)}`);
  else printLine(context, `${at} is there already, with the same files`);
}

/** @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH` */
async function draftOf(words: readonly string[], options: AddOptions, context: CliContext): Promise<Draft> {
  const { names, pipeline } = splitNames(words, 2, 2, 'MODEL and FILE');
  const [model, file] = names as [string, string];
  const plan = await context.loadPlan(pipeline);
  const signature = await readSignature(file, context.clock);
  const text = options.card === undefined ? '{}' : await readText(options.card);
  const card = parseCardObject(text, options.card ?? '');
  const own = parseModelCard(text, options.card ?? '').features;
  const of = options.features === undefined ? plan : await context.loadPlan(options.features);
  const isKnown = options.features !== undefined || model === plan.predict.model;
  const features = isKnown ? of.vector.map(({ name }) => name) : own;
  if (features) checkFits(basename(file), signature, features, own);
  return { model, file, plan, signature, card, features };
}

/** The files beside a model that hold its weights. */
async function dataFiles(file: string): Promise<readonly (readonly [string, NewFile])[]> {
  const names = externalFiles(await readFile(file));
  const outside = names.find((name) => !isFileName(name));
  if (outside !== undefined)
    throw new AppError(
      'MODEL_INVALID',
      `${file} has weights in ${outside}; allowed are files in its own folder. Save the model again with its data beside it.`,
    );
  return names.map((name) => [name, { path: join(dirname(file), name) }]);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('INPUT_INVALID', `${file}: ${messageOf(error)}.`, { cause: error });
  });
}

function signatureLines({ inputs, outputs }: ModelSignature): string {
  return [
    ...inputs.map((input) => `takes ${describeTensor(input)}`),
    ...outputs.map((output) => `gives ${describeTensor(output)}`),
  ].join('\n');
}
