import type { CommitPosition, GroupIdentity } from '@millrace/stream';

import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

const UNKNOWN_EPOCH = -1;

/**
 * A member's positions, outside of any transaction. To the group's coordinator. Version 7 carries the instance id of a
 * static member (KIP-345).
 */
export function offsetCommitRequest(positions: readonly CommitPosition[], group: GroupIdentity): Request<void> {
  return {
    api: 'OffsetCommit',
    version: 7,
    encode: () => {
      const writer = new WireWriter(1024).string(group.groupId).int32(group.generation);
      writer.string(group.memberId).string(group.instanceId);
      writer.array(byTopic(positions), ([topic, items]) =>
        writer
          .string(topic)
          .array(items, ({ partition, offset, metadata }) =>
            writer.int32(partition).int64(offset).int32(UNKNOWN_EPOCH).string(metadata),
          ),
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
