/**
 * `npm run bench -- pipeline [--rate 200] [--seconds 60] [--json]`: the whole pipeline in one process on a real broker:
 * the replay of the flights example at full speed, then an open loop at a fixed rate.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';
import type { DemoSummary } from '@millrace/standalone';

import { findLog } from '../../scripts/log/find-log.mjs';
import { openLoop, readEvents } from './open-loop.ts';
import { quantile } from './quantile.ts';
import { removeTopics } from './remove-topics.ts';
import { WatchedProcess } from './watched-process.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
  },
});
const clock = new SystemClock();
const plan = await loadPlan(PIPELINE);
const found = await findLog({ say: (line) => console.error(line) });
const env = { KAFKA_BROKERS: found.brokers, LOG_LEVEL: 'warn' };
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });

async function measureReplay(): Promise<{ readonly summary: DemoSummary; readonly rssMb: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'summary.json');
  const child = new WatchedProcess(['scripts/start.main.mjs', '--exit', '--kafka', 'external', '--summary', file], env);
  const status = await child.ends();
  const summary = JSON.parse(readFileSync(file, 'utf8')) as DemoSummary;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the replay ended with ${status}`);
  return { summary, rssMb: child.peakRssMb };
}

async function measureOpenLoop(): Promise<Awaited<ReturnType<typeof openLoop>> & { readonly rssMb: number }> {
  await removeTopics(log, plan);
  const child = new WatchedProcess(['apps/cli/bin/millrace.mjs', 'up', PIPELINE, '--http', '0'], env);
  await child.says('ready');
  // the first transactions of a group wait for its coordinator; they are not what is measured
  await clock.sleep(3000);
  const rate = Number(flags.rate);
  const result = await openLoop(plan, log, clock, readEvents(EVENTS, rate * Number(flags.seconds)), rate);
  await child.stop();
  await removeTopics(log, plan);
  return { ...result, rssMb: child.peakRssMb };
}

try {
  const replay = await measureReplay();
  const loop = await measureOpenLoop();
  const result = {
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memory_gb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      log: found.kind,
    },
    replay: { events: replay.summary.events, events_per_s: replay.summary.events_per_s, rss_mb: replay.rssMb },
    open_loop: {
      rate: Number(flags.rate),
      sent: loop.sent,
      requests: loop.requests,
      answered: loop.answered,
      p50_ms: quantile(loop.latenciesMs, 0.5),
      p99_ms: quantile(loop.latenciesMs, 0.99),
      max_ms: loop.latenciesMs.at(-1),
      rss_mb: loop.rssMb,
    },
  };
  if (flags.json) console.log(JSON.stringify(result, null, 2));
  else
    for (const [name, row] of Object.entries(result))
      console.log(
        name.padEnd(10),
        Object.entries(row)
          .map(([key, value]) => `${key} ${value}`)
          .join(', '),
      );
} finally {
  await log.close();
  await found.stop();
}
