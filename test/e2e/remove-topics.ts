import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { inject } from 'vitest';

/** Deletes the test broker's topics that begin so. */
export async function removeTopics(prefix: string): Promise<void> {
  const log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'test', clock: new SystemClock() });
  const admin = log.admin();
  await admin.delete((await admin.list()).filter((topic) => topic.startsWith(prefix)));
  await log.close();
}
