/**
 * `npm run bench -- live [--rate 50] [--seconds 60]`: what the feature stage adds to a request at a low rate, live and under
 * a promise, beside stages that do nothing. Times are the broker's, of the records in its topics.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';

import { findLog } from '../../scripts/log/find-log.mjs';
import { featureHops } from './live/feature-hops.ts';
import { hopsRow, type Hops } from './live/hops.ts';
import { passThroughHops } from './live/pass-through-hops.ts';
import { machine } from './machine.ts';
import { openLoop, readEvents } from './open-loop.ts';
import { removeTopics } from './remove-topics.ts';
import { WatchedProcess } from './watched-process.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
const MILLRACE = 'apps/cli/bin/millrace.mjs';

const { values: flags } = parseArgs({
  options: { rate: { type: 'string', default: '50' }, seconds: { type: 'string', default: '60' } },
});
const [rate, seconds] = [Number(flags.rate), Number(flags.seconds)];
const clock = new SystemClock();
const plan = await loadPlan(PIPELINE);
const found = await findLog({ say: (line) => console.error(line) });
const env = { KAFKA_BROKERS: found.brokers, LOG_LEVEL: 'warn' };
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });
const lines = readEvents(EVENTS, rate * seconds);

async function measured(send: () => Promise<unknown>): Promise<readonly Hops[]> {
  await removeTopics(log, plan);
  const child = new WatchedProcess([MILLRACE, 'up', PIPELINE, '--http', '0'], env);
  await child.says('ready');
  await send();
  await clock.sleep(2000);
  await child.stop();
  const hops = await featureHops(log, plan);
  await removeTopics(log, plan);
  return hops;
}

async function replay(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'events.jsonl');
  writeFileSync(file, lines.join('\n'));
  const status = await new WatchedProcess([MILLRACE, 'replay', PIPELINE, file, '--rate', flags.rate], env).ends();
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the replay ended with ${status}`);
}

try {
  console.table(machine(found.kind));
  console.log(`${rate} events/s for ${seconds} s; milliseconds`);
  console.table({
    'feature, live': hopsRow(await measured(() => openLoop(plan, log, clock, lines, rate))),
    'feature, under a promise': hopsRow(await measured(replay)),
    'pass-through': hopsRow(await passThroughHops(log, found.brokers, clock, lines, rate)),
  });
} finally {
  await log.close();
  await found.stop();
}
