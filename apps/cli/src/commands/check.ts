import { readFile } from 'node:fs/promises';

import { parseProfile } from '@millrace/drift';
import { emptyValue } from '@millrace/features';
import {
  checkFits,
  describeTensor,
  openRegistry,
  readSignature,
  selectOutputs,
  type ModelFiles,
} from '@millrace/inference';
import { explainPlan, featureCategories, formatExplanation, type Plan, type PlanFacts } from '@millrace/pipeline';
import { InvalidArgumentError, type Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { fewRows } from '../few-rows.ts';
import { storeOptions } from '../store-options.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly rate: number;
}

/** `millrace check [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('check')
    .description('validates a pipeline file; explains topics, stages, vector, model signature')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--rate <events/s>', 'for the size of state and the time of a restore', positive, 100)
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: CheckOptions) => check(pipeline, options, context));
}

/** Explains the plan even where the model does not fit, and then fails. */
async function check(pipeline: string | undefined, options: CheckOptions, context: CliContext): Promise<void> {
  const plan = await context.loadPlan(pipeline);
  const facts = { rate: options.rate };
  try {
    print({ ...facts, model: await modelFacts(plan, context) });
  } catch (error) {
    print(facts);
    throw error;
  }

  function print(known: PlanFacts): void {
    const explained = explainPlan(plan, known);
    if (options.json === true) printJson(context, explained);
    else printLine(context, formatExplanation(explained));
  }
}

/**
 * The model's signature, once it fits the vector.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `PROFILE_INVALID`, `NOT_IN_THIS_VERSION`
 */
async function modelFacts(plan: Plan, context: CliContext): Promise<NonNullable<PlanFacts['model']>> {
  const files = await openRegistry(plan.models, storeOptions(context)).resolve(
    plan.predict.model,
    plan.predict.version,
  );
  const signature = await readSignature(files.modelFile, context.clock);
  const title = `${files.name} ${files.version}`;
  checkFits(
    title,
    signature,
    plan.vector.map((feature) => feature.name),
    files.card?.features ?? null,
    featureCategories(plan.vector),
  );
  const outputs = selectOutputs(title, signature, plan.predict.outputs);
  return {
    version: files.version,
    signature: [
      ...signature.inputs.map((input) => `takes ${describeTensor(input)}, which fits the vector`),
      ...(files.card?.nan === false ? [takesNoNan(plan)] : []),
      ...signature.outputs.map(
        (output) =>
          `gives ${describeTensor(output)}${publishedAs(outputs.filter(({ name }) => name === output.name).map(({ published }) => published))}`,
      ),
      await profileFacts(files),
    ],
  };
}

/** @throws AppError `PROFILE_INVALID` */
async function profileFacts({ profileFile }: ModelFiles): Promise<string> {
  if (profileFile === null)
    return "no profile.json: the monitor compares with the version's own first rows (millrace model profile makes one)";
  const { rows } = parseProfile(await readFile(profileFile, 'utf8'), profileFile);
  const few = fewRows(rows);
  return `profile ${profileFile}, ${few ?? `${rows} rows`}`;
}

function takesNoNan({ vector }: Plan): string {
  const empty = vector.filter(
    (feature) => feature.kind === 'window' && emptyValue(feature.take) === null && Number.isNaN(feature.default),
  );
  const names = empty.map(({ name }) => name).join(', ');
  const windows =
    names === '' ? 'a null value without a default' : `an empty window of ${names}, which have no default,`;
  return `takes no NaN: ${windows} makes a request a dead letter (NAN_NOT_ALLOWED)`;
}

function publishedAs(names: readonly string[]): string {
  return names.length === 0 ? ', not published' : `, published as ${names.join(', ')}`;
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a number above 0.');
}
