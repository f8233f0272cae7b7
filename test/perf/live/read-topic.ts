import { partitionKey, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

/** All committed records of a topic. */
export async function readTopic(log: Log, topic: string, partitions: number): Promise<readonly InboundRecord[]> {
  const source = log.source();
  let lanes = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 }));
  const bounds = await source.bounds(lanes);
  const left = (lane: (typeof lanes)[number]) => lane.offset < (bounds.get(partitionKey(lane))?.lastStable ?? 0);
  const records: InboundRecord[] = [];
  for (lanes = lanes.filter(left); lanes.length > 0; lanes = lanes.filter(left)) {
    const chunks = await source.fetch(lanes, LIMITS);
    records.push(...chunks.flatMap((chunk) => chunk.records));
    lanes = lanes.map((lane) => ({
      ...lane,
      offset: chunks.find(({ partition }) => partition === lane.partition)?.next ?? lane.offset,
    }));
  }
  await source.close();
  return records;
}
