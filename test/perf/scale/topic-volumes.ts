import type { Plan } from '@millrace/pipeline';
import { topicSpecs } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 100, maxBytes: 16 << 20, maxBytesPerPartition: 4 << 20 };

/** What a topic holds for each event of `<p>.events`, as it lies on the broker. */
export interface TopicVolume {
  readonly topic: string;
  readonly recordsPerEvent: number;
  readonly bytesPerEvent: number;
}

/** Reads all topics of a pipeline that rests, from first to last. */
export async function topicVolumes(log: Log, plan: Plan, events: number): Promise<readonly TopicVolume[]> {
  const volumes: TopicVolume[] = [];
  for (const { topic, partitions } of topicSpecs(plan)) {
    const { records, bytes } = await volumeOf(log, topic, partitions);
    if (records > 0) volumes.push({ topic, recordsPerEvent: records / events, bytesPerEvent: bytes / events });
  }
  return volumes;
}

async function volumeOf(log: Log, topic: string, count: number): Promise<{ records: number; bytes: number }> {
  const source = log.source();
  const all = Array.from({ length: count }, (_, partition) => ({ topic, partition, offset: 0 }));
  const bounds = await source.bounds(all);
  const ends = all.map(({ partition }) => bounds.get(`${topic}/${partition}`)?.lastStable ?? 0);
  let [records, bytes] = [0, 0];
  for (
    let left = all;
    left.length > 0;
    left = left.filter(({ partition, offset }) => offset < (ends[partition] ?? 0))
  ) {
    for (const chunk of await source.fetch(left, LIMITS)) {
      records += chunk.records.length;
      bytes += chunk.wireBytes;
      const at = left.find(({ partition }) => partition === chunk.partition);
      if (at) at.offset = chunk.next;
    }
  }
  await source.close();
  return { records, bytes };
}
