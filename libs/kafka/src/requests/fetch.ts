import type { TopicPartition } from '@millrace/records';
import type { FetchLimits, FetchPosition } from '@millrace/stream';

import type { AbortedTransaction } from '../wire/record-batch-reader.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import { READ_COMMITTED } from './list-offsets.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

const CONSUMER = -1;
const NO_SESSION = { id: 0, epoch: -1 } as const;
const UNKNOWN = -1;
/** A broker may be busy; what counts is that a dead one is noticed. */
const GRACE_MS = 30_000;

export interface PartitionFetch extends TopicPartition {
  readonly errorCode: number;
  readonly lastStable: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last perhaps cut; null when there are none. */
  readonly batches: Buffer | null;
}

/** Waits at the broker until one byte can be had, at most `maxWaitMs`. */
export function fetchRequest(
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Request<readonly PartitionFetch[]> {
  return {
    api: 'Fetch',
    version: 11,
    timeoutMs: limits.maxWaitMs + GRACE_MS,
    encode: () => {
      const writer = new WireWriter().int32(CONSUMER).int32(limits.maxWaitMs).int32(1).int32(limits.maxBytes);
      writer.int8(READ_COMMITTED).int32(NO_SESSION.id).int32(NO_SESSION.epoch);
      writer.array(byTopic(positions), ([topic, items]) =>
        writer
          .string(topic)
          .array(items, ({ partition, offset }) =>
            writer.int32(partition).int32(UNKNOWN).int64(offset).int64(UNKNOWN).int32(limits.maxBytesPerPartition),
          ),
      );
      return writer.array([], () => undefined).string('').buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
      reader.int32(); // session id
      return reader
        .array(() => {
          const topic = reader.string() ?? '';
          return reader.array(() => readPartition(topic, reader));
        })
        .flat();
    },
  };
}

function readPartition(topic: string, reader: WireReader): PartitionFetch {
  const [partition, errorCode] = [reader.int32(), reader.int16()];
  reader.int64(); // high watermark
  const lastStable = reader.int64();
  reader.int64(); // log start
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  reader.int32(); // preferred replica
  const batches = reader.bytes();
  return { topic, partition, errorCode, lastStable, aborted, batches: batches?.length ? batches : null };
}
