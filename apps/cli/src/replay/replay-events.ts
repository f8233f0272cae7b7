import { type Log, partitionCount } from '@millrace/stream';

import { assertNoOpenPromise } from './assert-no-open-promise.ts';
import type { ReplayProgress, ReplaySettings } from './replay-options.ts';
import { ReplayRun } from './replay-run.ts';

export interface ReplayOptions extends ReplaySettings {
  readonly log: Log;
}

/**
 * Publishes events to `<p>.events` under a promise of its own, so that their features do not depend on speed,
 * partitions or instances. The file should be in event-time order; what is not is sent and late.
 *
 * @throws AppError `TOPIC_MISSING`, `PROMISE_OPEN`, `INPUT_INVALID`, and what the log throws
 */
export async function replayEvents({ log, ...settings }: ReplayOptions): Promise<ReplayProgress> {
  const { plan, clock } = settings;
  const partitions = await partitionCount(log, plan.names.events);
  await assertNoOpenPromise(log, plan, partitions, clock);
  const publisher = log.publisher();
  try {
    return await new ReplayRun(settings, { publisher, partitions, promises: true }).run();
  } finally {
    await publisher.close();
  }
}
