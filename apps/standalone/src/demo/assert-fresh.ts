import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

/**
 * The demo counts from zero, so it begins with empty topics of its pipeline.
 *
 * @throws AppError `TOPIC_MISMATCH` when some exist and `remove` was not asked for
 */
export async function assertFresh(log: Log, plan: Plan, remove: boolean): Promise<void> {
  const admin = log.admin();
  try {
    const existing = (await admin.list()).filter((topic) => topic.startsWith(`${plan.name}.`));
    if (existing.length === 0) return;
    if (remove) await admin.delete(existing);
    else
      throw new AppError(
        'TOPIC_MISMATCH',
        `there are ${plan.name}.* topics already (${existing.slice(0, 3).join(', ')}, …). --fresh deletes them.`,
      );
  } finally {
    await admin.close();
  }
}
