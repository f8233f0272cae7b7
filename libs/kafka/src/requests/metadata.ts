import type { Operation } from '@millrace/stream';

import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { operationsOf } from './operations.ts';
import type { Request } from './request.ts';

export interface Node {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly errorCode: number;
  readonly internal: boolean;
  /** Node ids by partition; -1: has none at the moment. */
  readonly leaders: readonly number[];
  /** Of the partition that has the fewest. */
  readonly replicas: number;
  /** What the user may do with it; null where that was not asked. */
  readonly rights: ReadonlySet<Operation> | null;
}

export interface ClusterMetadata {
  readonly nodes: readonly Node[];
  readonly controllerId: number;
  readonly topics: readonly TopicMetadata[];
}

/**
 * All topics when `topics` is null. Never creates one.
 *
 * @param withRights of the topics (KIP-430)
 */
export function metadataRequest(topics: readonly string[] | null, withRights = false): Request<ClusterMetadata> {
  return {
    api: 'Metadata',
    version: 8,
    encode: () => {
      const writer = new WireWriter();
      if (topics === null) writer.int32(-1);
      else writer.array(topics, (topic) => writer.string(topic));
      return writer.boolean(false).boolean(false).boolean(withRights).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      const nodes = reader.array(() => readNode(reader));
      reader.string(); // cluster id
      return { nodes, controllerId: reader.int32(), topics: reader.array(() => readTopic(reader)) };
    },
  };
}

function readNode(reader: WireReader): Node {
  const node = { nodeId: reader.int32(), host: reader.string() ?? '', port: reader.int32() };
  reader.string(); // rack
  return node;
}

function readTopic(reader: WireReader): TopicMetadata {
  const [errorCode, topic, internal] = [reader.int16(), reader.string() ?? '', reader.boolean()];
  const leaders: number[] = [];
  let replicas = Infinity;
  reader.array(() => {
    reader.int16(); // the partition's error: then it has no leader
    const partition = reader.int32();
    leaders[partition] = reader.int32();
    reader.int32(); // the leader's epoch
    replicas = Math.min(replicas, reader.array(() => reader.int32()).length);
    for (let list = 0; list < 2; list++) reader.array(() => reader.int32()); // in sync, offline
  });
  return { topic, errorCode, internal, leaders, replicas, rights: operationsOf(reader.int32()) };
}
