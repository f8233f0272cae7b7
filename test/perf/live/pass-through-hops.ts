import type { Clock } from '@millrace/core';
import type { Log } from '@millrace/stream';

import { sendAtRate } from '../open-loop.ts';
import { passThrough } from '../stream/contenders.ts';
import type { Hops } from './hops.ts';
import { readTopic } from './read-topic.ts';

const PARTITIONS = 4;

/** Three stages that do nothing, one after the other: what the second and the third take is the engine's and the broker's. */
export async function passThroughHops(
  log: Log,
  brokers: string,
  clock: Clock,
  values: readonly string[],
  rate: number,
): Promise<readonly Hops[]> {
  const run = clock.now().toString(36);
  const topics = ['in', 'a', 'b', 'c'].map((name) => `bench-live-${run}-${name}`);
  const admin = log.admin();
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  await admin.create(topics.map((topic) => ({ topic, partitions: PARTITIONS, replication: null, config })));
  const stages = topics
    .slice(1)
    .map((output, i) => passThrough({ brokers, input: topics[i] ?? '', output, group: output }, {}));
  for (const stage of stages) await stage.says('ready');
  await sendAtRate(log, clock, rate, values.length, (i) => ({
    topic: topics[0] ?? '',
    partition: i % PARTITIONS,
    key: null,
    value: `${i} ${values[i]}`,
  }));
  await clock.sleep(1000);
  for (const stage of stages) await stage.stop();
  const [arrived, between, answered] = await Promise.all(topics.slice(1).map((topic) => timesIn(log, topic)));
  await admin.delete(topics);
  await admin.close();
  return [...(answered ?? [])].map(([value, at]) => ({
    arrived: arrived?.get(value) ?? Number.NaN,
    between: between?.get(value) ?? Number.NaN,
    answered: at,
  }));
}

async function timesIn(log: Log, topic: string): Promise<ReadonlyMap<string, number>> {
  return new Map((await readTopic(log, topic, PARTITIONS)).map(({ value, timestamp }) => [String(value), timestamp]));
}
