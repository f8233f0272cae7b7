import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';

import { partitionCount } from './partition-count.ts';
import type { Log } from './ports/log.ts';
import type { PartitionBounds, RecordSource } from './ports/record-source.ts';

const LIMITS = { maxWaitMs: 300, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

export interface TopicReading {
  readonly topic: string;
  /** `since`: from the first record on whose own timestamp, in epoch milliseconds, is not before that. */
  readonly from: 'beginning' | 'end' | { readonly since: number };
  /** `end`: what is there when reading begins; `never`: goes on until the signal. */
  readonly until: 'end' | 'never';
  readonly signal: AbortSignal;
}

/**
 * The committed records of a topic, in order within each partition.
 *
 * @throws AppError `TOPIC_MISSING`
 */
export async function* readTopic(
  log: Log,
  { topic, from, until, signal }: TopicReading,
): AsyncGenerator<InboundRecord> {
  const partitions = await partitionsOf(log, topic);
  const source = log.source();
  try {
    const bounds = await source.bounds(partitions);
    const since = typeof from === 'object' ? await source.offsetsAt(partitions, Math.max(0, from.since)) : null;
    const lanes = partitions.map((at): Lane => {
      const { first, lastStable } = bounds.get(partitionKey(at)) as PartitionBounds;
      const offset = from === 'beginning' ? first : (since?.get(partitionKey(at)) ?? lastStable);
      return { ...at, offset, end: until === 'end' ? lastStable : Infinity };
    });
    yield* readLanes(source, lanes, signal);
  } finally {
    await source.close();
  }
}

interface Lane extends TopicPartition {
  offset: number;
  readonly end: number;
}

async function* readLanes(
  source: RecordSource,
  lanes: readonly Lane[],
  signal: AbortSignal,
): AsyncGenerator<InboundRecord> {
  for (;;) {
    const open = lanes.filter(({ offset, end }) => offset < end);
    if (open.length === 0 || signal.aborted) return;
    for (const { topic, partition, records, next } of await source.fetch(open, LIMITS)) {
      const lane = open.find((at) => at.partition === partition && at.topic === topic) as Lane;
      for (const record of records) {
        if (signal.aborted) return;
        if (record.offset < lane.end) yield record;
      }
      lane.offset = next;
    }
  }
}

async function partitionsOf(log: Log, topic: string): Promise<readonly TopicPartition[]> {
  return Array.from({ length: await partitionCount(log, topic) }, (_, partition) => ({ topic, partition }));
}
