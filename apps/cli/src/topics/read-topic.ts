import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { Log, PartitionBounds, RecordSource } from '@millrace/stream';

import { partitionCount } from './partition-count.ts';

const LIMITS = { maxWaitMs: 300, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

export interface TopicReading {
  readonly topic: string;
  readonly from: 'beginning' | 'end';
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
    const lanes = partitions.map((at) => laneOf(at, bounds.get(partitionKey(at)) as PartitionBounds, from, until));
    yield* readLanes(source, lanes, signal);
  } finally {
    await source.close();
  }
}

interface Lane extends TopicPartition {
  offset: number;
  readonly end: number;
}

function laneOf(
  at: TopicPartition,
  { first, lastStable }: PartitionBounds,
  from: 'beginning' | 'end',
  until: 'end' | 'never',
): Lane {
  return { ...at, offset: from === 'beginning' ? first : lastStable, end: until === 'end' ? lastStable : Infinity };
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
