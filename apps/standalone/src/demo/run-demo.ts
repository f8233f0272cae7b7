import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { RunningServices } from '@millrace/platform';
import type { Log } from '@millrace/stream';

import { startServices } from '../start-services.ts';
import { assertFresh } from './assert-fresh.ts';
import { DemoProgress } from './demo-progress.ts';
import { describeSummary, summarise, writeSummary, type DemoSummary, type LogKind } from './demo-summary.ts';
import { DemoTally } from './demo-tally.ts';
import { HopLatency } from './hop-latency.ts';
import { TopicReader } from './topic-reader.ts';

/** How long nothing may have come for users before the stream counts as drained; clocks go on for ever. */
const QUIET_MS = 2500;

export interface DemoOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly kind: LogKind;
  readonly clock: Clock;
  /** Publishes the example's events, with watermarks; resolves when all are acknowledged. */
  readonly replay: (signal: AbortSignal) => Promise<{ readonly events: number }>;
  /** Deletes the pipeline's topics first, where there are some. */
  readonly fresh: boolean;
  /** Ends after the summary; otherwise the services stay up until `signal` aborts. */
  readonly exit: boolean;
  readonly summaryFile?: string;
  readonly host: string;
  readonly httpPort: number;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  readonly out: NodeJS.WriteStream;
}

/**
 * The example from end to end: services up, events replayed, answers counted as a user would read them.
 *
 * @returns the exit status: 0 when every request was answered by a prediction, 130 when interrupted, else 1
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { plan, log, clock, out, signal } = options;
  const startedAt = clock.elapsed();
  await assertFresh(log, plan, options.fresh);
  const hops = new HopLatency(clock);
  const services = await startServices({
    plan,
    log,
    host: options.host,
    httpPort: options.httpPort,
    observe: (name) => hops.observer(name),
  });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (signal.aborted) resolve('interrupted');
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  try {
    const tally = new DemoTally(plan);
    const drained = replayAndDrain(options, services, tally);
    const ended = await Promise.race([drained, interrupted, services.failed]);
    if (ended === 'interrupted') return 130;
    const summary = summarise({
      kafka: options.kind,
      events: tally.events,
      tally,
      hops: hops.quantiles(),
      busyMs: ended.busyMs,
      totalMs: clock.elapsed() - startedAt,
    });
    await tell(options, services, summary);
    if (!options.exit) await Promise.race([interrupted, services.failed]);
    return options.exit ? verdict(tally) : 130;
  } finally {
    await services.stop();
    out.write('stopped\n');
  }
}

function verdict(tally: DemoTally): number {
  return tally.answered === tally.requests && tally.duplicates === 0 ? 0 : 1;
}

async function tell(
  { out, summaryFile, exit }: DemoOptions,
  services: RunningServices,
  summary: DemoSummary,
): Promise<void> {
  out.write(`\n${describeSummary(summary).join('\n')}\n\n`);
  if (summaryFile !== undefined) await writeSummary(summaryFile, summary);
  if (exit) return;
  for (const address of services.addresses()) {
    const [service = '', url] = address.split(' ');
    out.write(`${service.padEnd(8)} ${url}\n`);
  }
  out.write('up until Ctrl-C\n');
}

async function replayAndDrain(
  options: DemoOptions,
  services: RunningServices,
  tally: DemoTally,
): Promise<{ readonly busyMs: number }> {
  const { plan, log, clock, out, signal } = options;
  const progress = new DemoProgress(out, clock);
  const reader = new TopicReader(log, watchedTopics(plan));
  const startedAt = clock.elapsed();
  let published: number | null = null;
  const failures: unknown[] = [];
  void options.replay(signal).then(
    ({ events }) => (published = events),
    (error: unknown) => failures.push(error),
  );
  let lastAnswerAt = startedAt;
  let changedAt = startedAt;
  try {
    while (!signal.aborted && failures.length === 0) {
      const records = await reader.read();
      const before = tally.predictions;
      for (const record of records) tally.read(record);
      if (records.length > 0) changedAt = clock.elapsed();
      if (tally.predictions > before) lastAnswerAt = clock.elapsed();
      progress.show(progressLine(tally, clock.elapsed() - startedAt));
      if (
        published !== null &&
        tally.events >= published &&
        clock.elapsed() - changedAt > QUIET_MS &&
        lagOf(services) === 0
      )
        break;
    }
    if (failures.length > 0) throw failures[0];
    return { busyMs: lastAnswerAt - startedAt };
  } finally {
    progress.end();
    await reader.close();
  }
}

function watchedTopics(plan: Plan): ReadonlyMap<string, number> {
  const { events, predictions, outcomes, examples, dlq, alerts } = plan.names;
  const { partitions } = plan.topics;
  return new Map([
    ...[events, predictions, outcomes, examples, dlq].map((topic) => [topic, partitions] as const),
    [alerts, 1],
  ]);
}

function lagOf(services: RunningServices): number {
  return Object.values(services.status()).reduce((sum, { lagRecords }) => sum + lagRecords, 0);
}

function progressLine(tally: DemoTally, ms: number): string {
  const seconds = (ms / 1000).toFixed(0);
  return `${seconds} s: ${tally.events} events, ${tally.predictions} predictions, ${tally.examples} examples, ${tally.alerts.length} incidents, ${tally.deadLetters} dead letters`;
}
