/**
 * `npm run bench -- restore [--events 1000000,10000000]`: a `feature` instance starts again with so many events in its
 * windows: how long until it answers, and what that takes, beside what `millrace check` says.
 */
import { parseArgs } from 'node:util';

import { SystemClock, type Clock } from '@millrace/core';
import { createProjector, type KnownEvent, type Projector } from '@millrace/features';
import { KafkaLog } from '@millrace/kafka';
import { explainPlan, loadPlan, type Plan } from '@millrace/pipeline';
import { encodeStageRecord, partitionOf, type OutboundRecord } from '@millrace/records';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { CommittedReader } from './stream/committed-reader.ts';
import { WatchedProcess } from './watched-process.ts';

const PIPELINE = 'test/perf/restore/restore.yaml';
const KEYS = 4000;
const DAYS = 29;
const CHUNK = 5000;
const HEAP = '--max-old-space-size=12000';

const { values: flags } = parseArgs({ options: { events: { type: 'string', default: '1000000,10000000' } } });
const plan = await loadPlan(PIPELINE);
const topic = plan.stages[0]?.topic as string;
const found = await findLog({ say: (line) => console.error(line) });
const clock: Clock = new SystemClock();
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });

function arrival(n: number, of: number): KnownEvent {
  const at = 1_400_000_000_000 + Math.floor((n * DAYS * 86_400_000) / of);
  const payload = { tailnum: `N${n % KEYS}`, arr_delay: (n % 97) - 20, dest: `D${n % 89}` };
  return { type: 'arrived', id: `a${n}`, at, payload, origin: { partition: 0, offset: n }, promise: null, attempts: 0 };
}

function question(of: number): KnownEvent {
  const payload = { tailnum: 'N1' };
  const origin = { partition: 0, offset: of };
  const at = arrival(of, of).at;
  return { type: 'departure_due', id: `q${clock.elapsed()}`, at, payload, origin, promise: null, attempts: 0 };
}

function records({ project }: Projector, { topics }: Plan, event: KnownEvent): readonly OutboundRecord[] {
  return project(event).map(({ topic, key, placedBy, record }) => ({
    topic,
    partition: partitionOf(Buffer.from(placedBy), topics.partitions),
    key,
    value: encodeStageRecord(record),
  }));
}

async function makeTopics(): Promise<void> {
  const admin = log.admin();
  const names = [topic, plan.names.features, plan.names.dlq];
  await admin.delete(names);
  await admin.create(
    names.map((name) => ({ topic: name, partitions: plan.topics.partitions, replication: null, config: {} })),
  );
  await admin.close();
}

async function publish(events: number): Promise<void> {
  const projector = createProjector(plan);
  const publisher = log.publisher();
  for (let from = 0; from < events; from += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, events - from) }, (_, i) => arrival(from + i, events));
    await publisher.publish(chunk.flatMap((event) => records(projector, plan, event)));
  }
  await publisher.close();
}

async function ask(events: number): Promise<void> {
  const publisher = log.publisher();
  await publisher.publish(records(createProjector(plan), plan, question(events)));
  await publisher.close();
}

function start(): WatchedProcess {
  return new WatchedProcess([HEAP, 'test/perf/restore/feature-stage.process.ts', found.brokers, PIPELINE]);
}

/** Until everything that was asked has been answered. */
async function answers(reader: CommittedReader, count: number): Promise<void> {
  for (let seen = 0; seen < count;) seen += (await reader.read()).filter(({ key }) => key !== null).length;
}

async function measure(events: number): Promise<object> {
  await makeTopics();
  await publish(events);
  const reader = new CommittedReader(log.source(), plan.names.features, plan.topics.partitions);
  await ask(events);
  let startedAt = clock.elapsed();
  const first = start();
  await answers(reader, 1);
  const firstS = (clock.elapsed() - startedAt) / 1000;
  await first.stop();
  await ask(events);
  startedAt = clock.elapsed();
  const again = start();
  await answers(reader, 1);
  const answeredS = (clock.elapsed() - startedAt) / 1000;
  await again.says('ready');
  const readyS = (clock.elapsed() - startedAt) / 1000;
  const [, replayed = '0'] = /restored (\d+)/.exec(again.output) ?? [];
  const row = {
    'first time: s': Number(firstS.toFixed(1)),
    'again, to the first answer: s': Number(answeredS.toFixed(1)),
    'all restored: s': Number(readyS.toFixed(1)),
    'records replayed': Number(replayed),
    'RSS MB': again.rssMb,
    'check says: s': Number(estimateOf(events).restoreSeconds.toFixed(1)),
    'check says: MB': Math.round(estimateOf(events).bytes / 1e6),
  };
  await again.stop();
  await reader.close();
  return row;
}

/** At the rate at which so many events are inside the windows. */
function estimateOf(events: number): { readonly restoreSeconds: number; readonly bytes: number } {
  const one = explainPlan(plan, { rate: 1 }).state.records;
  return explainPlan(plan, { rate: events / one }).state;
}

try {
  console.table(machine(found.kind));
  const rows: Record<string, object> = {};
  for (const events of flags.events.split(',').map(Number)) rows[`${events} events`] = await measure(events);
  console.table(rows);
} finally {
  await log.close();
  await found.stop();
}
