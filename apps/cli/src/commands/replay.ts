import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { openKafka, readConfig, type PlatformConfig } from '@millrace/platform';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { printJson, type CliContext } from '../context.ts';
import { eventTime } from '../event-time.ts';
import { readEvents } from '../events/read-events.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import { replayEvents } from '../replay/replay-events.ts';
import type { ReplayProgress, ReplaySettings } from '../replay/replay-options.ts';
import { replayOverHttp } from '../replay/replay-over-http.ts';
import { progressLine, tellResult } from '../replay/replay-progress.ts';

interface ReplayFlags {
  readonly speed?: number;
  readonly rate?: number;
  readonly from?: number;
  readonly to?: number;
  readonly via: 'kafka' | 'http';
  readonly url: string;
  readonly apiKey?: string;
  readonly json?: boolean;
}

/** `millrace replay [PIPELINE] EVENTS` */
export function register(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description('publishes a file of events to <p>.events, with watermarks')
    .argument('[words...]', '[PIPELINE] EVENTS: a pipeline file (default: ./pipeline.yaml), and a file of events')
    .option('--speed <speed>', 'max, or a multiple of the time it took: 60x, 1x', speed)
    .option('--rate <events/s>', 'at most so many events per second', positive)
    .option('--from <time>', 'events from this event time on (RFC 3339 or epoch ms)', eventTime)
    .option(
      '--to <time>',
      'events before this event time; it is the last watermark (default: the last event)',
      eventTime,
    )
    .addOption(
      new Option('--via <way>', 'through the topic, or the HTTP door, without watermarks then')
        .choices(['kafka', 'http'])
        .default('kafka'),
    )
    .option('--url <url>', 'of the ingest service, with --via http', 'http://127.0.0.1:8080')
    .option('--api-key <key>', 'for --via http; or the first of MILLRACE_API_KEYS that is no hash')
    .option('--json', 'the result as JSON')
    .action((words: readonly string[], flags: ReplayFlags) => replay(words, flags, context));
}

/** @throws AppError `INTERRUPTED` when it was stopped before the end of the file */
async function replay(words: readonly string[], flags: ReplayFlags, context: CliContext): Promise<void> {
  const { pipeline, rest } = splitPipeline(words, ['EVENTS']);
  const [file, ...more] = rest as [string, ...string[]];
  if (more.length > 0)
    throw new AppError('WRONG_USE', `found ${more.join(' ')} behind the file of events; one file is replayed.`);
  const plan = await context.loadPlan(pipeline);
  const startedMs = context.clock.elapsed();
  const result = await send(plan, settings(plan, file, flags, context), flags, context);
  if (flags.json === true) printJson(context, result);
  else
    tellResult(
      context,
      result,
      context.clock.elapsed() - startedMs,
      flags.via === 'http' ? flags.url : plan.names.events,
    );
  if (context.signal.aborted)
    throw new AppError('INTERRUPTED', `${file} is not sent to its end; --from goes on from an event time.`);
}

function settings(
  plan: Plan,
  file: string,
  { speed: times, rate, from, to }: ReplayFlags,
  context: CliContext,
): ReplaySettings {
  const onProgress = progressLine(context);
  const { clock, signal } = context;
  return {
    plan,
    events: readEvents(file, plan),
    clock,
    signal,
    speed: times === Infinity ? undefined : times,
    rate,
    from,
    to,
    ...(onProgress && { onProgress }),
  };
}

async function send(
  plan: Plan,
  options: ReplaySettings,
  flags: ReplayFlags,
  context: CliContext,
): Promise<ReplayProgress> {
  const config = readConfig(context.environment());
  if (flags.via === 'http')
    return replayOverHttp({ ...options, url: flags.url, apiKey: flags.apiKey ?? knownKey(config) });
  const log = await openKafka(config.kafka, `${plan.name}.replay`, context.clock);
  try {
    return await replayEvents({ ...options, log });
  } finally {
    await log.close();
  }
}

function knownKey({ apiKeys }: PlatformConfig): string | undefined {
  return apiKeys.find(({ secret }) => secret !== null)?.secret ?? undefined;
}

/** ∞ for max: of what a parser leaves undefined, commander makes an empty text. */
function speed(text: string): number {
  if (text === 'max') return Infinity;
  const times = Number(/^(.+)x$/.exec(text)?.[1]);
  if (Number.isFinite(times) && times > 0) return times;
  throw new InvalidArgumentError('Allowed are max, or a multiple such as 60x or 0.5x.');
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a number above 0.');
}
