import type { TopicPartition } from '@millrace/records';

import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

export const READ_COMMITTED = 1;
const CONSUMER = -1;

/** In place of a timestamp. `latest` is the last stable offset, as everything is read committed. */
export const OFFSET_AT = { latest: -1, earliest: -2 } as const;

export interface PartitionOffset extends TopicPartition {
  /** Null: no record is so late. */
  readonly offset: number | null;
  /** Of the record found, epoch milliseconds; null for the ends of the log. */
  readonly timestamp: number | null;
}

/** The first offset at or after a timestamp (epoch milliseconds), or one of `OFFSET_AT`. */
export function listOffsetsRequest(
  partitions: readonly TopicPartition[],
  timestamp: number,
): Request<readonly PartitionOffset[]> {
  return {
    api: 'ListOffsets',
    version: 3,
    encode: () => {
      const writer = new WireWriter().int32(CONSUMER).int8(READ_COMMITTED);
      writer.array(byTopic(partitions), ([topic, items]) =>
        writer.string(topic).array(items, ({ partition }) => writer.int32(partition).int64(timestamp)),
      );
      return writer.buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      return reader
        .array(() => {
          const topic = reader.string() ?? '';
          return reader.array(() => {
            const partition = reader.int32();
            assertNoError(reader.int16());
            const [timestamp, offset] = [reader.int64(), reader.int64()].map((value) => (value < 0 ? null : value));
            return { topic, partition, offset: offset ?? null, timestamp: timestamp ?? null };
          });
        })
        .flat();
    },
  };
}
