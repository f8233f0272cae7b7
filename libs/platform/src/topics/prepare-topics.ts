import { MOST_INPUT_PARTITIONS, topicSpecs, type Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import { ensureTopics } from './ensure-topics.ts';

/**
 * All topics of a plan, there and right.
 *
 * @throws AppError `TOPIC_MISMATCH`, `LOG_UNREACHABLE`
 */
export async function prepareTopics(plan: Plan, log: Log): Promise<void> {
  const admin = log.admin();
  try {
    await ensureTopics(admin, topicSpecs(plan), {
      anyPartitions: new Map([[plan.names.events, MOST_INPUT_PARTITIONS]]),
    });
  } finally {
    await admin.close();
  }
}
