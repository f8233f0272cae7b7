import { partitionKey, type Header, type OutboundRecord } from '@millrace/records';

import type { ChosenLetter } from './choose-letters.ts';
import type { FoundEvent } from './find-event.ts';
import type { ReplayedEvent } from './replay-session.ts';

const ATTEMPTS = 'millrace-attempts';
const REPLAY_OF = 'millrace-replay-of';

/**
 * The event once more: its bytes, key and headers untouched, one attempt further, and in the partition where it was, so
 * that what one producer said about one key in one partition stays in order.
 */
export function replayedEvent(
  { key, value, headers }: FoundEvent,
  { letter, origin, name }: ChosenLetter,
): ReplayedEvent {
  const attempts = letter.attempts + 1;
  const record: OutboundRecord = {
    topic: origin.topic,
    partition: origin.partition,
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: [
      ...headers.filter(([header]) => header !== ATTEMPTS && header !== REPLAY_OF).map(copied),
      [ATTEMPTS, Buffer.from(String(attempts))],
      [REPLAY_OF, Buffer.from(`${partitionKey(origin)}@${origin.offset}`)],
    ],
  };
  return { record, origin: name, attempts };
}

/** What was read is a slice of a fetch's whole answer, and would keep it. */
function copied([name, value]: Header): Header {
  return [name, value && Buffer.from(value)];
}

/** About what a record takes in the log. */
export function recordBytes({ key, value, headers = [] }: OutboundRecord): number {
  const beside = headers.reduce((sum, [name, said]) => sum + 8 + Buffer.byteLength(name) + (said?.length ?? 0), 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + beside + 100;
}
