import { AppError } from '@millrace/core';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import type { DeadLetterView } from '../topics/dead-letter-view.ts';
import { readDetail, readLetters, type DeadLetterDetail } from '../topics/dead-letters.ts';
import type { PayloadView } from '../topics/payload-view.ts';
import { withLog } from '../topics/with-log.ts';

interface DlqOptions {
  readonly json?: boolean;
}

/** `millrace dlq list|show`; replaying comes later. */
export function register(program: Command, context: CliContext): void {
  const dlq = program.command('dlq').description('dead letters: records that were given up, and why');
  dlq
    .command('list')
    .description('all dead letters that are there')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: DlqOptions) => list(pipeline, options, context));
  dlq
    .command('show')
    .description('one dead letter with its event')
    .argument('<words...>', '[PIPELINE] PARTITION:OFFSET, as dlq list names it')
    .usage('[options] [PIPELINE] PARTITION:OFFSET')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: DlqOptions) => show(words, options, context));
  dlq
    .command('replay')
    .description('(not in this version)')
    .argument('[args...]')
    .allowUnknownOption()
    .action(() => {
      throw new AppError(
        'NOT_IN_THIS_VERSION',
        'millrace dlq replay comes later. To try an event again, correct it and publish it anew.',
      );
    });
}

async function list(pipeline: string | undefined, { json }: DlqOptions, context: CliContext): Promise<void> {
  const plan = await context.loadPlan(pipeline);
  const letters = await withLog(context, (log) => readLetters(log, plan.names.dlq, context.signal));
  if (json === true) return printJson(context, letters);
  for (const letter of letters) printLine(context, lineOf(letter));
  if (letters.length === 0) printLine(context, 'no dead letters');
}

function lineOf({ place, written_at, stage, code, topic, partition, offset, key, reason }: DeadLetterView): string {
  return [place, written_at, stage, code, `${topic}/${partition}@${offset}`, key ?? '-', reason].join('  ');
}

async function show(words: readonly string[], { json }: DlqOptions, context: CliContext): Promise<void> {
  const { pipeline, rest } = splitPipeline(words, ['PARTITION:OFFSET']);
  const place = placeOf(rest);
  const plan = await context.loadPlan(pipeline);
  const detail = await withLog(context, (log) =>
    readDetail(log, { topic: plan.names.dlq, ...place }, plan.limits.sensitive),
  );
  if (json === true) printJson(context, detail);
  else for (const line of detailLines(detail)) printLine(context, line);
}

function placeOf(words: readonly string[]): { readonly partition: number; readonly offset: number } {
  const parts = /^(\d+):(\d+)$/.exec(words.join(' '));
  if (!parts)
    throw new AppError(
      'WRONG_USE',
      `found ${words.join(' ')}; PARTITION:OFFSET is allowed, as millrace dlq list names it.`,
    );
  return { partition: Number(parts[1]), offset: Number(parts[2]) };
}

function detailLines({ headers, event, ...view }: DeadLetterDetail): readonly string[] {
  const facts = Object.entries(view).map(([name, value]) => `${`${name}:`.padEnd(12)} ${value ?? '-'}`);
  const others = Object.entries(headers).filter(([name]) => !name.startsWith('millrace-'));
  const said = others.map(([name, value]) => `header ${name}: ${value ?? '-'}`);
  return [...facts, ...said, `event:       ${event === null ? 'no longer in the log' : eventText(event)}`];
}

function eventText(event: PayloadView): string {
  if ('json' in event) return JSON.stringify(event.json);
  return 'text' in event ? event.text : 'base64' in event ? `base64 ${event.base64}` : event.hidden;
}
