import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { assertGranted, groupIdOf, SERVICE_NAMES, topicsToMake, type ServiceName } from '@millrace/platform';
import { NO_GROUP, type Log, type LogAdmin } from '@millrace/stream';

import { ok, unknown, warning, type Said } from './finding.ts';

const TRANSACTION_MS = 10_000;
/** A clock that is kept by NTP is far closer. */
const MOST_SKEW_MS = 1000;
const FETCH = { maxWaitMs: 500, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

export async function checkBroker(log: Log, admin: LogAdmin): Promise<Said> {
  const topics = await admin.list();
  return ok(`${log.description}, ${topics.length} topics`);
}

export async function checkTopics(plan: Plan, admin: LogAdmin): Promise<Said> {
  const missing = await topicsToMake(plan, admin);
  if (missing.length === 0) return ok('all there, with the settings that the pipeline needs');
  return warning(`${missing.map(({ topic }) => topic).join(', ')} do not exist yet; millrace up makes them`);
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
