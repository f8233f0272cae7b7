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

export interface SharedOut {
  readonly partitions: readonly TopicPartition[];
  /** How many partitions of each topic were shared out among all members: in the user data, which is ours to fill. */
  readonly counts: ReadonlyMap<string, number>;
}

export function encodeAssignment({ partitions, counts }: SharedOut): Buffer {
  const userData = new WireWriter();
  userData.array([...counts], ([topic, count]) => userData.string(topic).int32(count));
  return writePartitions(new WireWriter().int16(VERSION), partitions).bytes(userData.buffer).buffer;
}

/** No bytes at all: nothing is assigned. No user data: the leader does not say what it has shared out. */
export function decodeAssignment(bytes: Buffer): SharedOut {
  if (bytes.length === 0) return { partitions: [], counts: new Map() };
  const reader = new WireReader(bytes);
  reader.int16(); // version
  const partitions = readPartitions(reader);
  const userData = reader.bytes();
  return { partitions, counts: new Map(userData?.length ? readCounts(new WireReader(userData)) : []) };
}

function readCounts(reader: WireReader): (readonly [string, number])[] {
  return reader.array(() => [reader.string() ?? '', reader.int32()] as const);
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
