import { join } from 'node:path';

import { AppError } from '@millrace/core';
import { parseDuration } from '@millrace/pipeline';
import { InvalidArgumentError, type Command } from 'commander';

import { describeProgress, tellBench } from '../bench/bench-report.ts';
import type { BenchResult } from '../bench/bench-result.ts';
import { runBench } from '../bench/run-bench.ts';
import { printJson, type CliContext } from '../context.ts';
import { readEvents } from '../events/read-events.ts';
import { withLog } from '../topics/with-log.ts';

const GRACE_MS = 10_000;

interface BenchFlags {
  readonly rate: number;
  readonly duration: number;
  readonly events?: string;
  readonly json?: boolean;
}

/** `millrace bench [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('bench')
    .description('load against a running pipeline, whatever comes back: throughput, latency, loss, duplicates')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--rate <events/s>', 'events per second', positive, 100)
    .option('--duration <time>', 'how long: 30s, 5m', duration, 30_000)
    .option('--events <file>', 'what to send, again and again (default: events.jsonl beside the pipeline file)')
    .option('--json', 'the result as JSON')
    .action((pipeline: string | undefined, flags: BenchFlags) => bench(pipeline, flags, context));
}

/** @throws AppError `ANSWERS_WRONG` where something was lost or doubled, once the result is printed */
async function bench(pipeline: string | undefined, flags: BenchFlags, context: CliContext): Promise<void> {
  const plan = await context.loadPlan(pipeline);
  const { clock, signal, stderr } = context;
  const file = flags.events ?? join(plan.folder, 'events.jsonl');
  const result = await withLog(context, (log) =>
    runBench({
      plan,
      log,
      clock,
      signal,
      events: () => readEvents(file, plan),
      rate: flags.rate,
      durationMs: flags.duration,
      graceMs: GRACE_MS,
      ...(stderr.isTerminal && {
        onProgress: (progress) => stderr.write(`\r\u001B[K${describeProgress(progress)}`),
      }),
    }),
  );
  if (stderr.isTerminal) stderr.write('\r\u001B[K');
  if (flags.json === true) printJson(context, result);
  else tellBench(context, result);
  assertRight(result);
}

function assertRight({ lost, doubled }: BenchResult): void {
  if (lost === 0 && doubled === 0) return;
  throw new AppError(
    'ANSWERS_WRONG',
    `${lost} requests were lost (nothing came for ${GRACE_MS / 1000} s) and ${doubled} predictions came twice; each request is to be answered once. ` +
      'Logs, /health/ready and the lag in /metrics of the services say why.',
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a number above 0.');
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError('Allowed is a duration above 0, such as 30s or 5m.');
}
