import { partitionKey } from '@millrace/records';

import type { RecordSource } from './ports/record-source.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 4 << 20 };

/**
 * The latest committed value of a key in a compacted topic of one partition; null where there is none. Reads all of it.
 */
export async function readLatest(source: RecordSource, topic: string, key: string): Promise<Buffer | null> {
  const at = { topic, partition: 0 };
  const bounds = (await source.bounds([at])).get(partitionKey(at)) ?? { first: 0, lastStable: 0 };
  let latest: Buffer | null = null;
  let offset = bounds.first;
  while (offset < bounds.lastStable) {
    for (const chunk of await source.fetch([{ ...at, offset }], LIMITS)) {
      for (const record of chunk.records)
        if (record.key?.toString('utf8') === key) latest = record.value && Buffer.from(record.value);
      offset = chunk.next;
    }
  }
  return latest;
}
