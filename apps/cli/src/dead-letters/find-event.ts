import { headerText, type Headers, type InboundRecord } from '@millrace/records';

import type { RecordReader } from '../topics/record-reader.ts';
import type { ChosenLetter } from './choose-letters.ts';

/** An event as its producer wrote it. */
export type FoundEvent = Pick<InboundRecord, 'key' | 'value' | 'headers'>;

const OWN = 'millrace-';

/**
 * The event of a dead letter: from `<p>.events`, or, where that no longer has it, as far as the letter kept it.
 *
 * @returns why there is none, for people, where there is none any more
 */
export async function findEvent(
  reader: RecordReader,
  dlq: string,
  { letter, origin }: ChosenLetter,
): Promise<FoundEvent | string> {
  const record = await reader.read(origin);
  if (record) return record;
  const [partition, offset] = letter.place.split(':').map(Number) as [number, number];
  const kept = await reader.read({ topic: dlq, partition, offset });
  if (kept?.value == null) return 'the log no longer has the event, and the dead letter kept nothing of it';
  if (headerText(kept.headers, `${OWN}truncated`) !== undefined)
    return 'the log no longer has the event, and the dead letter kept only its beginning';
  return { ...kept, headers: eventHeaders(kept.headers) };
}

function eventHeaders(headers: Headers): Headers {
  return headers.filter(([name]) => !name.startsWith(OWN));
}
