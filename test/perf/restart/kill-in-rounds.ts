import type { Clock } from '@millrace/core';

import type { WatchedProcess } from '../watched-process.ts';

export const ROUND_S = 10;
/** Before the first: the group settles, and its first transactions have found their coordinators. */
export const WARM_S = 8;

/** Kills a process and starts it again at once, and so on. @returns `Clock.elapsed()` of each kill */
export async function killInRounds(
  clock: Clock,
  rounds: number,
  first: WatchedProcess,
  start: () => WatchedProcess,
): Promise<readonly number[]> {
  const killedAt: number[] = [];
  let killed = first;
  const startedAt = clock.elapsed();
  for (let round = 0; round < rounds; round++) {
    await clock.sleep(startedAt + (WARM_S + round * ROUND_S) * 1000 - clock.elapsed());
    killedAt.push(clock.elapsed());
    await killed.stop('SIGKILL');
    killed = start();
  }
  await clock.sleep(ROUND_S * 1000);
  await killed.stop();
  return killedAt;
}
