import { partitionKey } from '@millrace/records';
import type { Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 100, maxBytes: 4 << 20, maxBytesPerPartition: 4 << 20 };

/** The value of the newest committed record of a key in a compacted topic of one partition; null where there is none. */
export async function readLatest(log: Log, topic: string, key: string): Promise<Uint8Array | null> {
  const source = log.source();
  const at = { topic, partition: 0 };
  try {
    const bounds = (await source.bounds([at])).get(partitionKey(at));
    let latest: Uint8Array | null = null;
    for (let offset = bounds?.first ?? 0; offset < (bounds?.lastStable ?? 0); ) {
      const [chunk] = await source.fetch([{ ...at, offset }], LIMITS);
      if (!chunk) continue;
      for (const record of chunk.records) if (record.key?.toString() === key) latest = record.value;
      offset = chunk.next;
    }
    return latest && Uint8Array.from(latest);
  } finally {
    await source.close();
  }
}
