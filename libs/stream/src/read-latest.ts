import { partitionKey } from '@millrace/records';

import type { RecordSource } from './ports/record-source.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 4 << 20 };

/**
 * The latest committed value of a key in a compacted topic of one partition; null where there is none. Reads all of it.
 */
export async function readLatest(source: RecordSource, topic: string, key: string): Promise<Buffer | null> {
  return (await latestByKey(source, topic, (found) => found === key)).get(key) ?? null;
}

/** The same for every key that is wanted. A deleted one has null. */
export async function latestByKey(
  source: RecordSource,
  topic: string,
  isWanted: (key: string) => boolean,
): Promise<ReadonlyMap<string, Buffer | null>> {
  const at = { topic, partition: 0 };
  const bounds = (await source.bounds([at])).get(partitionKey(at)) ?? { first: 0, lastStable: 0 };
  const latest = new Map<string, Buffer | null>();
  let offset = bounds.first;
  while (offset < bounds.lastStable) {
    for (const chunk of await source.fetch([{ ...at, offset }], LIMITS)) {
      for (const { key, value } of chunk.records) {
        const name = key?.toString('utf8');
        if (name !== undefined && isWanted(name)) latest.set(name, value && Buffer.from(value));
      }
      offset = chunk.next;
    }
  }
  return latest;
}
