import type { Clock } from '@millrace/core';

import { isCoordinatorSettling } from '../cluster/coordinator-settling.ts';
import { isLeaderMoving } from '../cluster/leader-moving.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';
import { isOn } from '../safeguards.ts';

/** While the markers of the transaction before are still being written: mostly for one millisecond; doubles up to the most. */
const CONCURRENT_RETRY_MS = { first: 1, most: 20 };
const SETTLING_RETRY_MS = 50;
const RETRY_LIMIT_MS = 10_000;

/** Asks a coordinator again while its answer says that it has done nothing yet and soon will. */
export async function retryWhilePassing<T>(clock: Clock, ask: () => Promise<T>, limitMs = RETRY_LIMIT_MS): Promise<T> {
  const startedAt = clock.elapsed();
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = retryAfterMs(error, tries);
      if (waitMs === null || clock.elapsed() - startedAt > limitMs) throw error;
      await clock.sleep(waitMs);
    }
  }
}

function retryAfterMs(error: unknown, tries: number): number | null {
  if (!isOn('transaction-retries')) return null;
  if (protocolErrorType(error) === 'CONCURRENT_TRANSACTIONS')
    return Math.min(CONCURRENT_RETRY_MS.first * 2 ** tries, CONCURRENT_RETRY_MS.most);
  return isCoordinatorSettling(error) || isLeaderMoving(error) ? SETTLING_RETRY_MS : null;
}
