import { AppError } from '@millrace/core';

import type { LogAdmin } from '../ports/log-admin.ts';
import type { Stage } from '../stage.ts';

/** How many partitions each of the stage's topics has. */
export async function countPartitions(admin: LogAdmin, stage: Stage): Promise<ReadonlyMap<string, number>> {
  const found = await admin.describe([...new Set(stage.inputs.flat())]);
  return new Map([...found].map(([topic, { partitions }]) => [topic, partitions]));
}

/**
 * A key lies in another partition when their number changes, away from its state. Only a topic that is not placed by our
 * keys may grow. 0: not known.
 *
 * @throws AppError `PARTITIONS_CHANGED`
 */
export function assertSameCount(stage: Stage, topic: string, before: number, now: number): void {
  if (before === now || before === 0 || now === 0) return;
  if (now > before && stage.growing?.includes(topic)) return;
  throw new AppError(
    'PARTITIONS_CHANGED',
    `${topic} had ${before} partitions when its state was committed and has ${now} now: keys would lie elsewhere. ` +
      'Topics cannot shrink back: start under another pipeline name, or delete the topic and the group to begin anew.',
  );
}
