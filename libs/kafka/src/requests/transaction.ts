import type { TopicPartition } from '@millrace/records';
import type { CommitPosition, GroupIdentity } from '@millrace/stream';

import { isOn } from '../safeguards.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

/** A transactional producer, as it signs each request of a transaction (KIP-98). */
export interface TransactionIdentity extends ProducerIdentity {
  readonly transactionalId: string;
}

function startRequest({ transactionalId, producerId, producerEpoch }: TransactionIdentity): WireWriter {
  return new WireWriter().string(transactionalId).int64(producerId).int16(producerEpoch);
}

/** Says which partitions the transaction writes to. To the transaction's coordinator. */
export function addPartitionsRequest(
  identity: TransactionIdentity,
  partitions: readonly TopicPartition[],
): Request<void> {
  return {
    api: 'AddPartitionsToTxn',
    version: 1,
    encode: () => {
      const writer = startRequest(identity);
      writer.array(byTopic(partitions), ([topic, items]) =>
        writer.string(topic).array(items, (item) => writer.int32(item.partition)),
      );
      return writer.buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      reader.array(() => {
        reader.string();
        reader.array(() => {
          reader.int32();
          assertNoError(reader.int16());
        });
      });
    },
  };
}

/** Says that the transaction commits positions of this group. To the transaction's coordinator. */
export function addOffsetsRequest(identity: TransactionIdentity, groupId: string): Request<void> {
  return {
    api: 'AddOffsetsToTxn',
    version: 1,
    encode: () => startRequest(identity).string(groupId).buffer,
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
    },
  };
}

/**
 * The positions themselves, to the group's coordinator. Version 3 carries generation and member, so that a zombie's are
 * refused (KIP-447).
 */
export function commitOffsetsRequest(
  identity: TransactionIdentity,
  positions: readonly CommitPosition[],
  member: GroupIdentity,
): Request<void> {
  const group = isOn('fenced-positions') ? member : { ...member, generation: -1, memberId: '', instanceId: null };
  return {
    api: 'TxnOffsetCommit',
    version: 3,
    encode: () => {
      const writer = new WireWriter(1024).noTags().compactString(identity.transactionalId).compactString(group.groupId);
      writer.int64(identity.producerId).int16(identity.producerEpoch);
      writer.int32(group.generation).compactString(group.memberId).compactString(group.instanceId);
      writer.compactArray(byTopic(positions), ([topic, items]) => {
        writer.compactString(topic).compactArray(items, (position) => writePosition(writer, position));
        writer.noTags();
      });
      return writer.noTags().buffer;
    },
    decode: (reader) => {
      reader.skipTags();
      reader.throttleTime();
      reader.compactArray(() => {
        reader.compactString();
        reader.compactArray(() => {
          reader.int32();
          assertNoError(reader.int16());
          reader.skipTags();
        });
        reader.skipTags();
      });
    },
  };
}

function writePosition(writer: WireWriter, { partition, offset, metadata }: CommitPosition): void {
  writer.int32(partition).int64(offset).int32(-1).compactString(metadata).noTags();
}

export function endTransactionRequest(identity: TransactionIdentity, outcome: 'commit' | 'abort'): Request<void> {
  return {
    api: 'EndTxn',
    version: 1,
    encode: () => startRequest(identity).boolean(outcome === 'commit').buffer,
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
    },
  };
}
