import { AppError } from '@millrace/core';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import { masked, type DeadLetterView } from '../topics/dead-letter-view.ts';
import { readDetail, readLetters, type DeadLetterDetail } from '../topics/dead-letters.ts';
import { letterCondition, WHERE } from '../topics/letter-condition.ts';
import type { PayloadView } from '../topics/payload-view.ts';
import { withLog } from '../topics/with-log.ts';
import { replayDeadLetters, type LetterReplayFlags } from './dlq-replay.ts';

interface ShowOptions {
  readonly json?: boolean;
}

interface ListOptions extends ShowOptions {
  readonly where?: string;
}

/** `millrace dlq list|show|replay` */
export function register(program: Command, context: CliContext): void {
  const dlq = program
    .command('dlq')
    .description('lists, shows and replays dead letters: events that were given up, and why');
  dlq
    .command('list')
    .description('all dead letters that are there')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--where <cel>', WHERE)
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: ListOptions) => list(pipeline, options, context));
  dlq
    .command('show')
    .description('one dead letter with its event')
    .argument('<words...>', '[PIPELINE] PARTITION:OFFSET, as dlq list names it')
    .usage('[options] [PIPELINE] PARTITION:OFFSET')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: ShowOptions) => show(words, options, context));
  dlq
    .command('replay')
    .description('sends the events of dead letters to <p>.events again, each once, however often it is asked')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--where <cel>', WHERE)
    .option('--json', 'the result as JSON')
    .action((pipeline: string | undefined, options: LetterReplayFlags) =>
      replayDeadLetters(pipeline, options, context),
    );
}

async function list(pipeline: string | undefined, { json, where }: ListOptions, context: CliContext): Promise<void> {
  const condition = letterCondition(where);
  const plan = await context.loadPlan(pipeline);
  const all = await withLog(context, (log) => readLetters(log, plan.names.dlq, context.signal));
  const letters = all.filter(condition).map((letter) => masked(letter, plan));
  if (json === true) return printJson(context, letters);
  for (const letter of letters) printLine(context, lineOf(letter));
  if (letters.length === 0) printLine(context, 'no dead letters');
}

function lineOf({ topic, partition, offset, ...view }: DeadLetterView): string {
  const { place, written_at, stage, code, type, key, attempts, reason } = view;
  const origin = `${topic}/${partition}@${offset}`;
  return [place, written_at, stage, code, type ?? '-', origin, key ?? '-', `attempts ${attempts}`, reason].join('  ');
}

async function show(words: readonly string[], { json }: ShowOptions, context: CliContext): Promise<void> {
  const { pipeline, rest } = splitPipeline(words, ['PARTITION:OFFSET']);
  const place = placeOf(rest);
  const plan = await context.loadPlan(pipeline);
  const detail = await withLog(context, (log) => readDetail(log, { topic: plan.names.dlq, ...place }, plan));
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
