import type { HeldPromise } from './clock-state.ts';
import type { PartitionClock } from './partition-clock.ts';
import type { SharedProgress } from './shared-progress.ts';

/** How long each owned partition has had nothing to read, in this process and while it looked; null: it has something. */
export type IdleSince = (partition: number) => number | null;

export interface PromiseWatchContext {
  readonly owned: ReadonlyMap<number, PartitionClock>;
  /** Of the other instances' partitions. */
  readonly shared: SharedProgress;
  readonly idleSince: IdleSince;
  readonly elapsedMs: number;
}

/** An open promise, and how long it has been silent, as far as this instance can tell. */
export interface PromiseSilence {
  /** With the least of its watermarks. */
  readonly promise: HeldPromise;
  /** The partition that has been silent longest. */
  readonly partition: number;
  /** ∞ where another instance has dropped the promise. */
  readonly silentMs: number;
  /** The owned partitions that somebody may wait for: where the promise is open, or has not come to yet. */
  readonly awaited: readonly number[];
  /** The owned partitions that stand under another promise and so cannot meet it. */
  readonly taken: readonly number[];
}

/**
 * Every open promise that names a partition of this instance. A partition is silent since it was read to its end, or
 * since the promise was met on the others; one under another promise, and one that does not exist, is silent all the
 * time. Other instances' partitions are theirs to judge.
 */
export function promiseSilences(context: PromiseWatchContext): readonly PromiseSilence[] {
  const { owned, shared, elapsedMs } = context;
  return openPromises(context).flatMap(({ promise, sinceMs }) => {
    const { id, partitions } = promise;
    const named = partitions.flatMap((partition) => owned.get(partition) ?? []);
    const awaited = named.filter((clock) => isAwaited(clock, id)).map(({ input }) => input);
    const taken = named.filter((clock) => isTaken(clock, id)).map(({ input }) => input);
    if (awaited.length + taken.length === 0) return [];
    const silentMs = (partition: number): number => {
      if (!owned.has(partition) && shared.hasDropped(partition, id)) return Infinity;
      if (taken.includes(partition) || partition >= shared.inputPartitions) return elapsedMs - sinceMs;
      if (!awaited.includes(partition)) return 0;
      return elapsedMs - Math.max(context.idleSince(partition) ?? elapsedMs, sinceMs);
    };
    const partition = partitions.reduce((most, next) => (silentMs(next) > silentMs(most) ? next : most));
    return [{ promise, partition, silentMs: silentMs(partition), awaited, taken }];
  });
}

interface OpenPromise {
  readonly promise: HeldPromise;
  /** When its latest partition met it; `Clock.elapsed()`. */
  readonly sinceMs: number;
}

function openPromises({ owned, shared }: PromiseWatchContext): readonly OpenPromise[] {
  const here = [...owned.values()].flatMap(({ promise, promisedSinceMs }) =>
    promise ? [{ promise, promisedSinceMs }] : [],
  );
  const elsewhere = shared.open().filter(({ partition }) => !owned.has(partition));
  const open = new Map<string, OpenPromise>();
  for (const { promise, promisedSinceMs } of [...here, ...elsewhere]) {
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
