import { reject, rfc3339, type Rejection } from '@millrace/records';

/** What an event's time is held against: epoch milliseconds, and what to call it. */
export interface AheadOf {
  readonly ms: number;
  readonly what: string;
}

/** The promise's watermark, or else when the event was recorded. */
export function aheadOf(watermark: number | null, stampedMs: number): AheadOf {
  return watermark === null
    ? { ms: stampedMs, what: "the record's timestamp" }
    : { ms: watermark, what: "the promise's last watermark" };
}

/** Refuses an event stamped more than `events.max_ahead` ahead. */
export function timeAhead(at: number, { ms, what }: AheadOf, maxAheadMs: number): Rejection | null {
  if (at <= ms + maxAheadMs) return null;
  return reject(
    'TIME_AHEAD',
    `stamped ${rfc3339(at)}, ${Math.round((at - ms) / 1000)} s ahead of ${what}; events.max_ahead allows ${Math.round(maxAheadMs / 1000)} s.`,
  );
}
