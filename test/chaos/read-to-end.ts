import { partitionKey, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 4 << 20 };
/** The key of the record behind everything. */
const END = 'end-of-results';

/**
 * All committed records of a topic, partition by partition. Writes a record behind everything first: where a reader of
 * committed records gets to see that one, no transaction before it is open any more.
 */
export async function readToEnd(log: Log, topic: string, partitions: number): Promise<readonly InboundRecord[]> {
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const publisher = log.publisher();
  await publisher.publish(all.map((at) => ({ ...at, key: END, value: null })));
  await publisher.close();
  const found = new Map(all.map((at) => [partitionKey(at), [] as InboundRecord[]]));
  const source = log.source();
  for (const at of all) {
    const records = found.get(partitionKey(at)) as InboundRecord[];
    for (let offset = 0; records.at(-1)?.key?.toString() !== END;) {
      const [chunk] = await source.fetch([{ ...at, offset }], LIMITS);
      records.push(...(chunk?.records ?? []));
      offset = chunk?.next ?? offset;
    }
  }
  await source.close();
  return [...found.values()].flat().filter(({ key }) => key?.toString() !== END);
}
