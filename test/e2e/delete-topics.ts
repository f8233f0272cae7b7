import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

/** Deletes the topics that begin so. */
export async function deleteTopics(prefix: string, brokers: string): Promise<void> {
  const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'test', clock: new SystemClock() });
  const admin = log.admin();
  await admin.delete((await admin.list()).filter((topic) => topic.startsWith(prefix)));
  await log.close();
}
