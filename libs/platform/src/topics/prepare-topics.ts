import { MOST_INPUT_PARTITIONS, topicSpecs, type Plan, type PlannedTopic } from '@millrace/pipeline';
import { rightsMissing, type Log, type LogAdmin } from '@millrace/stream';

import type { ServiceName } from '../bootstrap/service-options.ts';
import { assertSpoken } from './assert-spoken.ts';
import { ensureTopics, missingTopics, type EnsureTopicsOptions } from './ensure-topics.ts';
import { serviceRights } from './service-rights.ts';

/**
 * All topics of a plan, there and right, and open to the services.
 *
 * @throws AppError `TOPIC_MISMATCH`, `RIGHTS_MISSING`, `LOG_UNREACHABLE`, `LOG_REFUSES`
 */
export async function prepareTopics(plan: Plan, log: Log, services: readonly ServiceName[]): Promise<void> {
  const admin = log.admin();
  try {
    assertSpoken(await admin.brokers());
    await assertGranted(plan, admin, services);
    await ensureTopics(admin, topicSpecs(plan), topicRules(plan));
    await assertGranted(plan, admin, services); // of the topics that were not there before, too
  } finally {
    await admin.close();
  }
}

/**
 * The topics of a plan that do not exist; those that do are right.
 *
 * @throws AppError `TOPIC_MISMATCH`, `LOG_UNREACHABLE`
 */
export function topicsToMake(plan: Plan, admin: LogAdmin): Promise<readonly PlannedTopic[]> {
  return missingTopics(admin, topicSpecs(plan), topicRules(plan));
}

function topicRules({ names }: Plan): EnsureTopicsOptions {
  return { anyPartitions: new Map([[names.events, MOST_INPUT_PARTITIONS]]) };
}

/** @throws AppError `RIGHTS_MISSING` */
export async function assertGranted(plan: Plan, admin: LogAdmin, services: readonly ServiceName[]): Promise<void> {
  const missing = await admin.missing(services.flatMap((service) => serviceRights(plan, service)));
  if (missing.length > 0)
    throw rightsMissing(missing.map(({ kind, name, operation }) => `${operation} on ${kind} ${name}`));
}
