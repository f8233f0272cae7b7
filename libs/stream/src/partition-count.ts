import { AppError } from '@millrace/core';

import type { Log } from './ports/log.ts';

/** @throws AppError `TOPIC_MISSING` */
export async function partitionCount(log: Log, topic: string): Promise<number> {
  const admin = log.admin();
  try {
    const described = (await admin.describe([topic])).get(topic);
    if (described) return described.partitions;
    throw new AppError(
      'TOPIC_MISSING',
      `there is no topic ${topic} yet. millrace up creates the topics of a pipeline.`,
    );
  } finally {
    await admin.close();
  }
}
