import { explainPlan, formatExplanation } from '@millrace/pipeline';
import { InvalidArgumentError, type Command } from 'commander';
import { printJson, printLine, type CliContext } from '../context.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly rate: number;
}

/** `millrace check [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('check')
    .description('validates a pipeline file; explains topics, stages, vector and model signature')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--rate <events/s>', 'for the size of state and the time of a restore', positive, 100)
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: CheckOptions) => check(pipeline, options, context));
}

async function check(pipeline: string | undefined, options: CheckOptions, context: CliContext): Promise<void> {
  const plan = await context.loadPlan(pipeline);
  const explained = explainPlan(plan, { rate: options.rate });
  if (options.json === true) printJson(context, explained);
  else printLine(context, formatExplanation(explained));
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('a number above 0 is allowed.');
}
