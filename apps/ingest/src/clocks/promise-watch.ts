import { AppError } from '@millrace/core';

import type { HeldPromise } from './clock-state.ts';
import type { PartitionClock } from './partition-clock.ts';

/** How long each owned partition has had nothing to read, in this process and while it looked; null: it has something. */
export type IdleSince = (partition: number) => number | null;

/** A promise of which a partition fell silent. */
export interface SilentPromise {
  /** With the least of its watermarks. */
  readonly promise: HeldPromise;
  /** The partition that fell silent. */
  readonly partition: number;
  /** The partitions that somebody may wait for: where the promise is open, or has not come to yet. */
  readonly awaited: readonly number[];
}

/**
 * Refuses a promise over partitions of which some belong to another instance: requests would wait for clocks that
 * nobody could drop.
 *
 * @throws AppError `PROMISE_SPLIT`
 */
export function assertWhole(promise: HeldPromise, owned: ReadonlyMap<number, unknown>): void {
  const missing = promise.partitions.filter((partition) => !owned.has(partition));
  if (missing.length === 0) return;
  throw new AppError(
    'PROMISE_SPLIT',
    `the promise ${promise.id} names the partitions ${promise.partitions.join(', ')}, and this instance does not own ${missing.join(', ')}. ` +
      'This version takes promises (millrace replay makes one) only while one ingest instance runs: stop the others, or let the promise end first.',
  );
}

/**
 * Every open promise of which a partition has been idle for `timeoutMs` since it was met, or has stood under another
 * promise for so long and so cannot meet it.
 */
export function silentPromises(
  owned: ReadonlyMap<number, PartitionClock>,
  idleSince: IdleSince,
  timeoutMs: number,
  elapsedMs: number,
): readonly SilentPromise[] {
  return openPromises(owned).flatMap(({ promise, sinceMs }) => {
    const isSilent = (clock: PartitionClock): boolean => {
      const since = isTaken(clock, promise.id) ? sinceMs : (idleSince(clock.input) ?? elapsedMs);
      return elapsedMs - Math.max(since, sinceMs) >= timeoutMs;
    };
    const named = promise.partitions.flatMap((partition) => owned.get(partition) ?? []);
    const awaited = named.filter((clock) => isAwaited(clock, promise.id));
    const silent = named.find((clock) => (isTaken(clock, promise.id) || awaited.includes(clock)) && isSilent(clock));
    return silent ? [{ promise, partition: silent.input, awaited: awaited.map(({ input }) => input) }] : [];
  });
}

interface OpenPromise {
  readonly promise: HeldPromise;
  /** When its latest partition met it; `Clock.elapsed()`. */
  readonly sinceMs: number;
}

function openPromises(owned: ReadonlyMap<number, PartitionClock>): readonly OpenPromise[] {
  const open = new Map<string, OpenPromise>();
  for (const { promise, promisedSinceMs } of owned.values()) {
    if (promise === null) continue;
    const known = open.get(promise.id) ?? { promise, sinceMs: promisedSinceMs };
    const before = Math.min(known.promise.before, promise.before);
    open.set(promise.id, { promise: { ...promise, before }, sinceMs: Math.max(known.sinceMs, promisedSinceMs) });
  }
  return [...open.values()];
}

/** Its part is open, or may still come. */
function isAwaited(clock: PartitionClock, promise: string): boolean {
  return clock.promise === null ? !clock.hasMet(promise) : clock.promise.id === promise;
}

/** Under another promise, so that its part has been refused, or will be. */
function isTaken(clock: PartitionClock, promise: string): boolean {
  return clock.promise !== null && clock.promise.id !== promise && !clock.hasMet(promise);
}
