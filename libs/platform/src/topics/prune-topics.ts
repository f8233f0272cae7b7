import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import { runningFeatureSet } from './running-plan.ts';

/**
 * Deletes the internal topics of this pipeline's other feature sets.
 *
 * @returns their names
 * @throws AppError `PLAN_CHANGED` where events are taken by one of them
 */
export async function pruneTopics({ name, featureSet, names }: Plan, log: Log): Promise<readonly string[]> {
  const running = await runningFeatureSet(log, names.control);
  if (running !== null && running !== featureSet)
    throw new AppError(
      'PLAN_CHANGED',
      `events of ${name} are taken by the feature set ${running}, and --prune would delete its topics. Start ingest with this file (${featureSet}) first.`,
    );
  const admin = log.admin();
  try {
    const old = (await admin.list()).filter((topic) => {
      const [pipeline, version] = [topic.slice(0, name.length), /^\.([0-9a-f]{8})\./.exec(topic.slice(name.length))];
      return pipeline === name && version !== null && version[1] !== featureSet;
    });
    await admin.delete(old);
    return old.toSorted();
  } finally {
    await admin.close();
  }
}
