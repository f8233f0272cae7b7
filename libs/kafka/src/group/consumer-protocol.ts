import type { TopicPartition } from '@millrace/records';

import { byTopic } from '../requests/by-topic.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';

/**
 * What members of a group tell each other through the broker, in the format of every consumer, so that Kafka's tools can
 * show it: ConsumerProtocolSubscription and ConsumerProtocolAssignment, version 1 (KIP-429: what a member owned).
 */
const VERSION = 1;

export interface Subscription {
  readonly topics: readonly string[];
  /** What the member had before this rebalance. */
  readonly owned: readonly TopicPartition[];
}

export function encodeSubscription({ topics, owned }: Subscription): Buffer {
  const writer = new WireWriter().int16(VERSION);
  writer.array(topics, (topic) => writer.string(topic)).bytes(null);
  return writePartitions(writer, owned).buffer;
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new WireReader(bytes);
  const version = reader.int16();
  const topics = reader.array(() => reader.string() ?? '');
  reader.bytes(); // user data
  return { topics, owned: version >= 1 ? readPartitions(reader) : [] };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  return writePartitions(new WireWriter().int16(VERSION), partitions).bytes(null).buffer;
}

/** No bytes at all: nothing is assigned. */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  const reader = new WireReader(bytes);
  reader.int16(); // version
  return readPartitions(reader);
}

function writePartitions(writer: WireWriter, partitions: readonly TopicPartition[]): WireWriter {
  return writer.array(byTopic(partitions), ([topic, items]) =>
    writer.string(topic).array(items, ({ partition }) => writer.int32(partition)),
  );
}

function readPartitions(reader: WireReader): readonly TopicPartition[] {
  return reader
    .array(() => {
      const topic = reader.string() ?? '';
      return reader.array(() => ({ topic, partition: reader.int32() }));
    })
    .flat();
}
