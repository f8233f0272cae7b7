import type { Clock } from '@millrace/core';

import { refusalType, type RefusalType } from '../broker/broker-refusal.ts';

/** What to wait before asking again, by what was refused; whatever is not here is thrown. */
export type RetryWaits = Readonly<Partial<Record<RefusalType, number>>>;

/** Asks again as long as the broker refuses for a reason that passes by itself. */
export async function retryRefused<T>(
  clock: Clock,
  ask: () => Promise<T>,
  waits: RetryWaits,
  limitMs: number,
): Promise<T> {
  for (const startedAt = clock.elapsed(); ;) {
    try {
      return await ask();
    } catch (error) {
      const type = refusalType(error);
      const waitMs = type === null ? undefined : waits[type];
      if (waitMs === undefined || clock.elapsed() - startedAt > limitMs) throw error;
      await clock.sleep(waitMs);
    }
  }
}
