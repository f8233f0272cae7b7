import type { Clock } from '@millrace/core';
import type { RunnerStatus } from '@millrace/stream';

import type { HealthCheck } from './health-check.ts';

/** With work to do, a commit must come within this: long enough for the slowest batch and some retries. */
const FRESH_MS = 60_000;

/** What a runner must be to be ready: in its group, restored, and getting on. */
export function runnerHealth(status: () => RunnerStatus, clock: Clock): readonly HealthCheck[] {
  let idleAtMs = clock.elapsed();
  const staleness = (): string | null => {
    const { lastCommitAgeMs, lagRecords } = status();
    const nowMs = clock.elapsed();
    // work that has only just come to an idle stage is no reason for concern, however long ago its last commit was
    if (lagRecords === 0) idleAtMs = nowMs;
    const stuckMs = Math.min(nowMs - idleAtMs, lastCommitAgeMs ?? Infinity);
    return stuckMs < FRESH_MS
      ? null
      : `no commit for ${Math.round(stuckMs / 1000)} s, with ${lagRecords} records waiting`;
  };
  return [
    { name: 'group', problem: () => (status().joined ? null : 'not (yet) a member of its group') },
    {
      name: 'state',
      problem: () => (status().restoring === 0 ? null : `${status().restoring} tasks are being restored`),
    },
    { name: 'commits', problem: staleness },
  ];
}
