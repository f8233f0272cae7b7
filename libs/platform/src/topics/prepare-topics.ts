import { MOST_INPUT_PARTITIONS, topicSpecs, type Plan } from '@millrace/pipeline';
import { rightsMissing, type Log, type LogAdmin, type Right } from '@millrace/stream';

import type { ServiceName } from '../bootstrap/service-options.ts';
import { ensureTopics } from './ensure-topics.ts';
import { serviceRights } from './service-rights.ts';

/**
 * All topics of a plan, there and right, and open to the services.
 *
 * @throws AppError `TOPIC_MISMATCH`, `RIGHTS_MISSING`, `LOG_UNREACHABLE`
 */
export async function prepareTopics(plan: Plan, log: Log, services: readonly ServiceName[]): Promise<void> {
  const admin = log.admin();
  const rights = services.flatMap((service) => serviceRights(plan, service));
  try {
    await assertGranted(admin, rights);
    await ensureTopics(admin, topicSpecs(plan), {
      anyPartitions: new Map([[plan.names.events, MOST_INPUT_PARTITIONS]]),
    });
    await assertGranted(admin, rights); // of the topics that were not there before, too
  } finally {
    await admin.close();
  }
}

async function assertGranted(admin: LogAdmin, rights: readonly Right[]): Promise<void> {
  const missing = await admin.missing(rights);
  if (missing.length > 0)
    throw rightsMissing(missing.map(({ kind, name, operation }) => `${operation} on ${kind} ${name}`));
}
