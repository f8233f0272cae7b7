import type { KnownEvent } from '@millrace/features';
import { headerText, type Headers, type InboundRecord } from '@millrace/records';

import type { PartitionClock } from '../clocks/partition-clock.ts';
import type { DecodedEvent } from './event-decoder.ts';

/** A decoded event with what its record and its partition's clock say beside the payload. */
export function knownEvent(
  { plan, id, at, payload }: DecodedEvent,
  { partition, offset, headers }: InboundRecord,
  clock: PartitionClock,
  retainLateMs: number,
): KnownEvent {
  return {
    type: plan.type,
    id,
    at,
    payload,
    origin: { partition, offset },
    promise: clock.promise?.id ?? null,
    attempts: attemptsOf(headers),
    overdue: clock.isPast(at, retainLateMs),
  };
}

/** How often this event has been a dead letter already. */
export function attemptsOf(headers: Headers): number {
  if (headers.length === 0) return 0;
  const attempts = Number(headerText(headers, 'millrace-attempts') ?? 0);
  return Number.isSafeInteger(attempts) && attempts >= 0 ? attempts : 0;
}
