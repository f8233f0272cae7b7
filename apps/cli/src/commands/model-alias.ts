import { AppError } from '@millrace/core';
import { openRegistry } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import { ALIASES } from '@millrace/records';
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
  /** To be champion; null: what is, is shown. */
  readonly version: string | null;
}

/** `millrace model alias MODEL [champion VERSION] [PIPELINE]` */
export function registerAlias(model: Command, context: CliContext): void {
  model
    .command('alias')
    .description('makes another version the one that predicts, while the stream runs; alone: shows which one does')
    .argument('<words...>', 'MODEL, champion and VERSION, and the pipeline file (default: ./pipeline.yaml)')
    .usage('[options] MODEL [champion VERSION] [PIPELINE]')
    .option('--json', 'as JSON')
    .action((words: readonly string[], flags: AliasFlags) => alias(words, flags, context));
}

async function alias(words: readonly string[], { json }: AliasFlags, context: CliContext): Promise<void> {
  const { pipeline, model, version } = wordsOf(words);
  const plan = await context.loadPlan(pipeline);
  if (model !== plan.predict.model)
    throw new AppError(
      'WRONG_USE',
      `found the model ${model}; the pipeline file has predict.model ${plan.predict.model}.`,
    );
  if (version === null) await show(plan, json === true, context);
  else await make(plan, version, json === true, context);
}

async function make(plan: Plan, version: string, json: boolean, context: CliContext): Promise<void> {
  const { clock, signal } = context;
  const verify = (before: string | null): Promise<void> =>
    verifyVersion(plan, openRegistry(plan.models, storeOptions(context)), version, before, clock);
  const onStep = (what: string): void => note(context, what);
  const made = await withLog(context, (log) => switchAlias({ plan, log, clock, signal, version, verify, onStep }));
  const { model } = plan.predict;
  if (json) printJson(context, { model, alias: 'champion', ...made });
  else printLine(context, `${model}: champion is ${version} (number ${made.number})${after(made.before)}`);
}

function after(before: string | null): string {
  return before === null ? '' : `, before it was ${before}`;
}

async function show(plan: Plan, json: boolean, context: CliContext): Promise<void> {
  const { model, version } = plan.predict;
  const { inForce, decisions } = await withLog(context, (log) => readAliases(log, plan, context.signal));
  if (json) return printJson(context, { model, champion: inForce, decisions });
  const plans = `${version ?? 'the newest'} (predict.version; no alias was set)`;
  printLine(context, `${model}: champion is ${inForce ? `${inForce.version} (number ${inForce.number})` : plans}`);
  for (const { decided_at, version: to, before, number, ready } of decisions)
    printLine(context, `${decided_at}  ${before ?? 'predict.version'} → ${to}  number ${number}, ${ready} ready`);
}

/** @throws AppError `WRONG_USE`, `NOT_IN_THIS_VERSION` */
function wordsOf(words: readonly string[]): AliasWords {
  const [pipeline, ...otherFiles] = words.filter(isPipelineFile);
  const [model, alias, version, ...more] = words.filter((word) => !isPipelineFile(word));
  const known = ALIASES.find((name) => name === alias);
  const isWhole = alias === undefined || (known !== undefined && version !== undefined);
  if (model === undefined || !isWhole || more.length > 0 || otherFiles.length > 0)
    throw new AppError(
      'WRONG_USE',
      `found ${words.join(' ')}; allowed are MODEL, or MODEL champion VERSION, and at most one pipeline file (.yaml).`,
    );
  if (known === 'challenger')
    throw new AppError('NOT_IN_THIS_VERSION', 'nothing is scored by a challenger yet. Allowed is champion.');
  return { pipeline, model, version: version ?? null };
}
