import type { Clock } from '@millrace/core';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import {
  assertGranted,
  assertSpoken,
  groupIdOf,
  SERVICE_NAMES,
  topicsToMake,
  type ServiceName,
} from '@millrace/platform';
import { NO_GROUP, type Log, type LogAdmin, type TopicDescription } from '@millrace/stream';

import { ok, unknown, warning, type Said } from './finding.ts';

const TRANSACTION_MS = 10_000;
/** A clock that is kept by NTP is far closer. */
const MOST_SKEW_MS = 1000;
/** What a topic must not have that is to outlive a broker. */
const FLAWS: Readonly<Record<string, (topic: TopicDescription) => boolean>> = {
  'fewer than 3 replicas': ({ replicas }) => replicas < 3,
  'min.insync.replicas below 2': ({ config }) => Number(config['min.insync.replicas'] ?? 1) < 2,
  'unclean.leader.election.enable=true': ({ config }) => config['unclean.leader.election.enable'] === 'true',
};
const FETCH = { maxWaitMs: 500, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** Every broker, by the address that it has for itself. */
export async function checkBroker(log: Log, admin: LogAdmin): Promise<Said> {
  const brokers = await admin.brokers();
  assertSpoken(brokers);
  const topics = await admin.list();
  const found = `${log.description}, of a version that will do; ${topics.length} topics`;
  const { silent } = brokers;
  if (silent.length === 0) return ok(found);
  return warning(
    `${found}. No answer from ${silent.join(', ')}, which the cluster lists: start it, or correct the address that it has for itself (advertised.listeners)`,
  );
}

export async function checkTopics(plan: Plan, admin: LogAdmin): Promise<Said> {
  const missing = await topicsToMake(plan, admin);
  if (missing.length === 0) return ok('all there, with the settings that the pipeline needs');
  return warning(`${missing.map(({ topic }) => topic).join(', ')} do not exist yet; millrace up makes them`);
}

/** Whether they outlive a broker. */
export async function checkReplicas(plan: Plan, admin: LogAdmin): Promise<Said> {
  const topics = [...(await admin.describe(topicSpecs(plan).map(({ topic }) => topic))).values()];
  if (topics.length === 0) return unknown('once the topics are there');
  const found = Object.entries(FLAWS).flatMap(([flaw, has]) => {
    const [first, ...others] = topics.filter(has);
    return first === undefined
      ? []
      : [`${first.topic}${others.length > 0 ? ` and ${others.length} more` : ''}: ${flaw}`];
  });
  if (found.length === 0) return ok('a broker may be lost');
  return warning(
    `${found.join('; ')}. That is for development: a broker that is lost may take records with it. Set topics.replication: 3 before millrace up makes the topics, and min.insync.replicas=2 (kafka-configs)`,
  );
}

export async function checkRights(plan: Plan, admin: LogAdmin, services: readonly ServiceName[]): Promise<Said> {
  await assertGranted(plan, admin, services);
  return ok(`granted is what ${services.join(', ')} need`);
}

/** By a transaction of its own that leaves nothing: a tombstone of a key that never was, on a compacted topic. */
export async function checkTransactions(plan: Plan, log: Log, clock: Clock): Promise<Said> {
  const at = { topic: plan.names.control, partition: 0 };
  const key = `doctor:${Math.floor(clock.random() * 2 ** 52).toString(36)}`;
  const [producer, source] = [
    log.transactionalProducer({ transactionalId: `${plan.name}.doctor`, timeoutMs: TRANSACTION_MS }),
    log.source(),
  ];
  try {
    await producer.init();
    let offset = [...(await source.bounds([at])).values()][0]?.lastStable ?? 0;
    const [sentAt, startedAt] = [clock.now(), clock.elapsed()];
    await producer.commit([{ ...at, key, value: null }], [], NO_GROUP);
    const tookMs = clock.elapsed() - startedAt;
    for (; clock.elapsed() - startedAt < TRANSACTION_MS;) {
      for (const { records, next } of await source.fetch([{ ...at, offset }], FETCH)) {
        const found = records.find((record) => String(record.key) === key);
        if (found) return said(tookMs, found.timestamp - (sentAt + tookMs / 2));
        offset = next;
      }
    }
    return unknown(
      'a committed record was not seen within 10 s; is the broker overloaded, or a transaction of another hanging?',
    );
  } finally {
    await Promise.allSettled([producer.close(), source.close()]);
  }
}

function said(tookMs: number, skewMs: number): Said {
  const skew = Math.round(Math.max(0, Math.abs(skewMs) - tookMs / 2));
  const found = `committed and read in ${Math.round(tookMs)} ms`;
  if (skew <= MOST_SKEW_MS) return ok(`${found}; the clocks here and of the broker agree`);
  const away = `${found}; the clock here is ${skew} ms ${skewMs > 0 ? 'behind' : 'ahead of'} the broker's`;
  return warning(`${away}. Keep both by NTP: events stamped ahead are refused (events.max_ahead)`);
}

/** Who is in the groups. */
export async function checkServices(plan: Plan, admin: LogAdmin): Promise<Said> {
  const counts = await Promise.all(
    SERVICE_NAMES.map(async (name) => [name, (await admin.members(groupIdOf(name, { plan }))).length] as const),
  );
  const words = counts.map(([name, count]) => `${name} ${count}`).join(', ');
  const away = counts.filter(([, count]) => count === 0).map(([name]) => name);
  if (away.length === 0) return ok(`instances: ${words}`);
  return warning(
    `instances: ${words}. Nobody runs ${away.join(', ')} of the feature set ${plan.featureSet}: millrace up --only …`,
  );
}
