import { createHash } from 'node:crypto';

import { NO_EVENT_YET } from '@millrace/records';

/** A promise as its partition holds it. */
export interface HeldPromise {
  readonly id: string;
  /** Ascending. */
  readonly partitions: readonly number[];
  /** The watermark: nothing earlier follows, epoch milliseconds. */
  readonly before: number;
}

/** What an input partition's clock remembers over a restart. */
export interface ClockState {
  /** The least event time ever seen; `NO_EVENT_YET` before the first. */
  readonly first: number;
  /** The clock without a promise, epoch milliseconds; null before there is anything to go by. */
  readonly tick: number | null;
  readonly promise: HeldPromise | null;
  /** The highest that the clock ever stood at: no horizon is past it less `events.retain_late`. Null before the first. */
  readonly reached: number | null;
  /** The promises met here, the latest last. */
  readonly used: readonly UsedPromise[];
}

/** A promise id counts once in every partition. */
export interface UsedPromise {
  readonly fingerprint: string;
  /** It was given up here, because one of its partitions fell silent: so it is on all that it names. */
  readonly dropped: boolean;
}

export const FRESH_CLOCK: ClockState = { first: NO_EVENT_YET, tick: null, promise: null, reached: null, used: [] };

const FINGERPRINT_BYTES = 8;
/** As many promises as are remembered in a partition's marker. */
export const MOST_USED = 64;

/** 64 bits of SHA-256: what is kept of a promise's id once it has been used. */
export function promiseFingerprint(id: string): string {
  return createHash('sha256').update(id).digest().subarray(0, FINGERPRINT_BYTES).toString('hex');
}

/** Null where the partition has never met the promise. */
export function findUsed({ used }: Pick<ClockState, 'used'>, promise: string): UsedPromise | null {
  const fingerprint = promiseFingerprint(promise);
  return used.find((known) => known.fingerprint === fingerprint) ?? null;
}
