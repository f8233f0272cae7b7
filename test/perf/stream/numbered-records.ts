import type { InboundRecord, OutboundRecord } from '@millrace/records';

import type { NumberedRecords } from './numbered-load.ts';

const RECORD_BYTES = 200;
const ID = Buffer.from('{"id":');
const [DIGIT_0, DIGIT_9] = [48, 57];

/** A JSON event of 200 bytes that carries its number; dealt to the partitions in turn. */
export function numberedRecord(topic: string, partitions: number, id: number, timestamp?: number): OutboundRecord {
  const start = `{"id":${id},"user":"u-${id % 1000}","amount":123.45,"note":"`;
  const value = `${start}${'x'.repeat(RECORD_BYTES - start.length - 2)}"}`;
  return {
    topic,
    partition: id % partitions,
    key: `u-${id % 1000}`,
    value,
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** Without parsing the rest of it. */
export function numberOf(record: Pick<InboundRecord, 'value'>): number {
  const value = record.value as Uint8Array;
  let id = 0;
  for (let i = ID.length; (value[i] as number) >= DIGIT_0 && (value[i] as number) <= DIGIT_9; i++)
    id = id * 10 + (value[i] as number) - DIGIT_0;
  return id;
}

/** As a load on a topic: stamped with the time at which they were due. */
export function numberedRecords(topic: string, partitions: number): NumberedRecords {
  return { record: (id, dueAtMs) => numberedRecord(topic, partitions, id, dueAtMs), numberOf };
}
