import type { DeadLetter } from './dead-letter.ts';
import { partitionOf } from './murmur2.ts';
import type { Header, OutboundRecord } from './record.ts';

/** The most bytes of the original that go into a dead letter; what is cut is said by `millrace-truncated`. */
const MOST_VALUE_BYTES = 512 * 1024;
/** Headers beside the letter's own: what they may take in all. */
const MOST_HEADER_BYTES = 16 * 1024;
const MOST_REASON_LETTERS = 2000;
const PREFIX = 'millrace-';

/** A dead letter as it is written to `<p>.dlq`: key as received, and what happened in `millrace-*` headers. */
export function deadLetterRecord(letter: DeadLetter, topic: string, partitions: number): OutboundRecord {
  const value =
    letter.value && letter.value.length > MOST_VALUE_BYTES ? letter.value.subarray(0, MOST_VALUE_BYTES) : letter.value;
  const cut = value?.length !== letter.value?.length;
  const partition = letter.key === null ? letter.partition % partitions : partitionOf(letter.key, partitions);
  return {
    topic,
    partition,
    key: letter.key,
    value,
    headers: [...ownHeaders(letter), ...(cut ? [truncated()] : []), ...typeHeader(letter), ...keptHeaders(letter)],
  };
}

function ownHeaders(letter: DeadLetter): readonly Header[] {
  const { stage, code, reason, topic, partition, offset, attempts } = letter;
  const said = reason.slice(0, MOST_REASON_LETTERS);
  return Object.entries({ stage, code, reason: said, topic, partition, offset, attempts }).map(([name, value]) => [
    PREFIX + name,
    Buffer.from(String(value), 'utf8'),
  ]);
}

function truncated(): Header {
  return [`${PREFIX}truncated`, Buffer.from('true')];
}

/** As CloudEvents names it, so that dead letters of every stage are found by it. */
function typeHeader({ type, headers = [] }: DeadLetter): readonly Header[] {
  if (type === undefined || headers.some(([name]) => name === 'ce_type')) return [];
  return [['ce_type', Buffer.from(type)]];
}

/** The event's own headers, as many as fit. */
function keptHeaders(letter: DeadLetter): readonly Header[] {
  let bytes = 0;
  return (letter.headers ?? []).filter(([name, value]) => {
    bytes += name.length + (value?.length ?? 0);
    return !name.startsWith(PREFIX) && bytes <= MOST_HEADER_BYTES;
  });
}
