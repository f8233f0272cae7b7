import { AppError } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import { type Log, readTopic, type TopicReading } from '@millrace/stream';
import { InvalidArgumentError, type Command } from 'commander';

import { note, printLine, type CliContext } from '../context.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import { writeRows } from '../rows/write-rows.ts';
import { topicView, VIEWS, type TopicView, type ViewName } from '../topics/topic-view.ts';
import { withLog } from '../topics/with-log.ts';

export interface TailOptions {
  readonly fromBeginning?: boolean;
  readonly count?: number;
  readonly out?: string;
}

/** `millrace tail [PIPELINE] [predictions|alerts|examples|outcomes|features|dlq]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('tail')
    .description('shows or exports a topic, decoded, committed records only: a line of JSON each, until Ctrl-C')
    .argument(
      '[words...]',
      `[PIPELINE] [${VIEWS.join('|')}]: a pipeline file (default: ./pipeline.yaml), and what to show (default: predictions)`,
    )
    .option('--from-beginning', 'from the first record that is still there, not from now on')
    .option('--count <n>', 'ends after so many lines', positiveInteger)
    .option(
      '--out <file>',
      'to a file: .jsonl, or .jsonl.gz; predictions, examples and features also .parquet, features also .csv; with --from-beginning it ends at the end of what is there',
    )
    .action(async (words: readonly string[], options: TailOptions) => {
      const { pipeline, name } = argumentsOf(words);
      const view = topicView(name, await context.loadPlan(pipeline));
      await withLog(context, (log) => tail(log, view, options, context));
    });
}

export async function tail(log: Log, view: TopicView, options: TailOptions, context: CliContext): Promise<void> {
  const { out, count = Infinity } = options;
  const makeTable = out === undefined ? null : view.table(out);
  const records = recordsOf(log, view, readingOf(view.topic, options, context.signal), count);
  if (out === undefined || makeTable === null) {
    for await (const record of records) printLine(context, view.line(record));
    return;
  }
  const { encode, rows } = await makeTable(records);
  // Ctrl-C ends the reading, not the writing: what was read is kept
  const written = await writeRows(out, encode, rows, new AbortController().signal);
  note(context, `${written} rows written to ${out}`);
}

function readingOf(topic: string, { fromBeginning, count, out }: TailOptions, signal: AbortSignal): TopicReading {
  const from = fromBeginning === true ? 'beginning' : 'end';
  const exports = from === 'beginning' && out !== undefined && count === undefined;
  return { topic, from, until: exports ? 'end' : 'never', signal };
}

async function* recordsOf(
  log: Log,
  view: TopicView,
  reading: TopicReading,
  count: number,
): AsyncGenerator<InboundRecord> {
  let left = count;
  for await (const record of readTopic(log, reading)) {
    if (!view.shows(record)) continue;
    yield record;
    if (--left === 0) return;
  }
}

function argumentsOf(words: readonly string[]): { readonly pipeline: string | undefined; readonly name: ViewName } {
  const { pipeline, rest } = splitPipeline(words);
  const [word = 'predictions', ...more] = rest;
  const name = VIEWS.find((view) => view === word);
  if (name === undefined || more.length > 0)
    throw new AppError('WRONG_USE', `found ${rest.join(' ')}; one of ${VIEWS.join(', ')} is allowed.`);
  return { pipeline, name };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a whole number above 0.');
}
