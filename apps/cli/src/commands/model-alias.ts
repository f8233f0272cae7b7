import { AppError } from '@millrace/core';
import { openRegistry } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import { ALIASES, type Alias } from '@millrace/records';
import type { Command } from 'commander';

import { readAliases } from '../alias/read-aliases.ts';
import { switchAlias } from '../alias/switch-alias.ts';
import { verifyVersion } from '../alias/verify-version.ts';
import { note, printJson, printLine, type CliContext } from '../context.ts';
import { isPipelineFile } from '../pipeline-argument.ts';
import { storeOptions } from '../store-options.ts';
import { withLog } from '../topics/with-log.ts';

interface AliasFlags {
  readonly json?: boolean;
}

interface AliasWords {
  readonly pipeline: string | undefined;
  readonly model: string;
  /** Null: what is in force is shown. */
  readonly wanted: { readonly alias: Alias; readonly version: string } | null;
}

/** `millrace model alias MODEL [champion|challenger VERSION] [PIPELINE]` */
export function registerAlias(model: Command, context: CliContext): void {
  model
    .command('alias')
    .description(
      'makes another version the one that predicts, or the one that may be asked beside it, while the stream runs; alone: shows which are',
    )
    .argument(
      '<words...>',
      'MODEL, champion or challenger and VERSION, and the pipeline file (default: ./pipeline.yaml)',
    )
    .usage('[options] MODEL [champion|challenger VERSION] [PIPELINE]')
    .option('--json', 'as JSON')
    .action((words: readonly string[], flags: AliasFlags) => alias(words, flags, context));
}

async function alias(words: readonly string[], { json }: AliasFlags, context: CliContext): Promise<void> {
  const { pipeline, model, wanted } = wordsOf(words);
  const plan = await context.loadPlan(pipeline);
  if (model !== plan.predict.model)
    throw new AppError(
      'WRONG_USE',
      `found the model ${model}; the pipeline file has predict.model ${plan.predict.model}.`,
    );
  if (wanted === null) await show(plan, json === true, context);
  else await make(plan, wanted, json === true, context);
}

async function make(
  plan: Plan,
  { alias: name, version }: NonNullable<AliasWords['wanted']>,
  json: boolean,
  context: CliContext,
): Promise<void> {
  const { clock, signal } = context;
  const verify = (champion: string | null): Promise<void> =>
    verifyVersion(plan, openRegistry(plan.models, storeOptions(context)), version, champion, clock);
  const onStep = (what: string): void => note(context, what);
  const options = { plan, clock, signal, alias: name, version, verify, onStep };
  const made = await withLog(context, (log) => switchAlias({ ...options, log }));
  const { model } = plan.predict;
  if (json) printJson(context, { model, alias: name, ...made });
  else printLine(context, `${model}: ${name} is ${version} (number ${made.number})${after(made.before)}`);
}

function after(before: string | null): string {
  return before === null ? '' : `, before it was ${before}`;
}

async function show(plan: Plan, json: boolean, context: CliContext): Promise<void> {
  const { model, version } = plan.predict;
  const { champion, challenger, decisions } = await withLog(context, (log) => readAliases(log, plan, context.signal));
  if (json) return printJson(context, { model, champion, challenger, decisions });
  const plans = `${version ?? 'the newest'} (predict.version; no alias was set)`;
  printLine(context, `${model}: champion is ${champion ? `${champion.version} (number ${champion.number})` : plans}`);
  if (challenger) printLine(context, `${model}: challenger is ${challenger.version} (number ${challenger.number})`);
  for (const { decided_at, alias: name, version: to, before, number, ready } of decisions) {
    const from = before ?? (name === 'champion' ? 'predict.version' : 'none');
    printLine(context, `${decided_at}  ${name} ${from} → ${to}  number ${number}, ${ready} ready`);
  }
}

/** @throws AppError `WRONG_USE` */
function wordsOf(words: readonly string[]): AliasWords {
  const [pipeline, ...otherFiles] = words.filter(isPipelineFile);
  const [model, alias, version, ...more] = words.filter((word) => !isPipelineFile(word));
  const known = ALIASES.find((name) => name === alias);
  const isWhole = alias === undefined || (known !== undefined && version !== undefined);
  if (model === undefined || !isWhole || more.length > 0 || otherFiles.length > 0)
    throw new AppError(
      'WRONG_USE',
      `found ${words.join(' ')}; allowed are MODEL, or MODEL champion VERSION (or challenger), and at most one pipeline file (.yaml).`,
    );
  return { pipeline, model, wanted: known && version !== undefined ? { alias: known, version } : null };
}
