import { partitionKey, type TopicPartition } from '@millrace/records';
import type { CommittedPosition } from '@millrace/stream';

import { isOn } from '../safeguards.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

/**
 * A group's committed positions, by `partitionKey`. Version 7 asks for stable ones (KIP-447): while a transaction that
 * commits one is not over, the broker answers UNSTABLE_OFFSET_COMMIT.
 */
export function offsetFetchRequest(
  groupId: string,
  partitions: readonly TopicPartition[],
): Request<ReadonlyMap<string, CommittedPosition | null>> {
  return {
    api: 'OffsetFetch',
    version: 7,
    encode: () => {
      const writer = new WireWriter().noTags().compactString(groupId);
      writer.compactArray(byTopic(partitions), ([topic, items]) => {
        writer.compactString(topic).compactArray(items, ({ partition }) => writer.int32(partition));
        writer.noTags();
      });
      return writer.boolean(isOn('stable-positions')).noTags().buffer;
    },
    decode: (reader) => {
      reader.skipTags();
      reader.throttleTime();
      const found = reader.compactArray(() => readTopic(reader)).flat();
      assertNoError(reader.int16());
      return new Map(found);
    },
  };
}

function readTopic(reader: WireReader): (readonly [string, CommittedPosition | null])[] {
  const topic = reader.compactString() ?? '';
  const positions = reader.compactArray(() => {
    const [partition, offset] = [reader.int32(), reader.int64()];
    reader.int32(); // leader epoch
    const metadata = reader.compactString();
    assertNoError(reader.int16());
    reader.skipTags();
    return [partitionKey({ topic, partition }), offset < 0 ? null : { offset, metadata }] as const;
  });
  reader.skipTags();
  return positions;
}
