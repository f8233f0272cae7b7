import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { Log } from '@millrace/stream';
import { inject } from 'vitest';

export const brokers = (): readonly string[] => inject('brokers').split(',');

/** The broker of this test run. */
export function testLog(): KafkaLog {
  return new KafkaLog({ brokers: brokers(), clientId: 'test', clock: new SystemClock() });
}

/** What a reader of committed records gets from a partition, from an offset up to its last stable one. */
export async function readCommitted(log: Log, at: TopicPartition, from = 0): Promise<readonly InboundRecord[]> {
  const source = log.source();
  const end = (await source.bounds([at])).get(partitionKey(at))?.lastStable ?? 0;
  const records: InboundRecord[] = [];
  for (let offset = from; offset < end;) {
    const chunks = await source.fetch([{ ...at, offset }], {
      maxWaitMs: 200,
      maxBytes: 8 << 20,
      maxBytesPerPartition: 1 << 20,
    });
    for (const chunk of chunks) {
      records.push(...chunk.records);
      offset = chunk.next;
    }
  }
  await source.close();
  return records;
}
