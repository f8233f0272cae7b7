import type { TopicPartition } from '@millrace/records';

import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import { FRAME_HEADROOM, type Request } from './request.ts';

const ALL_IN_SYNC_REPLICAS = -1;
const TIMEOUT_MS = 30_000;

/** At most one batch per partition in a request. */
export interface PartitionBatch extends TopicPartition {
  readonly batch: Buffer;
}

export interface PartitionAnswer extends TopicPartition {
  readonly errorCode: number;
}

/** What a request of these batches takes at most, with its headroom. */
export function produceBytes(transactionalId: string | null, batches: readonly PartitionBatch[]): number {
  const fixed = FRAME_HEADROOM + 64 + 3 * (transactionalId?.length ?? 0);
  return batches.reduce((sum, { topic, batch }) => sum + 3 * topic.length + batch.length + 16, fixed);
}

/**
 * Answers per partition, errors included: one refused batch does not undo its neighbours.
 *
 * @param memory of at least `produceBytes`, to be left alone until the answer is there
 */
export function produceRequest(
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
  memory: Buffer,
): Request<readonly PartitionAnswer[]> {
  return {
    api: 'Produce',
    version: 7,
    timeoutMs: TIMEOUT_MS + 5000,
    headroom: FRAME_HEADROOM,
    encode: () => {
      const writer = new WireWriter(memory, FRAME_HEADROOM);
      writer.string(transactionalId).int16(ALL_IN_SYNC_REPLICAS).int32(TIMEOUT_MS);
      writer.array(byTopic(batches), ([topic, items]) =>
        writer.string(topic).array(items, ({ partition, batch }) => writer.int32(partition).bytes(batch)),
      );
      return writer.buffer;
    },
    decode: (reader) => {
      const answers = reader.array(() => {
        const topic = reader.string() ?? '';
        return reader.array(() => {
          const answer = { topic, partition: reader.int32(), errorCode: reader.int16() };
          for (let field = 0; field < 3; field++) reader.int64(); // base offset, append time, log start
          return answer;
        });
      });
      reader.throttleTime();
      return answers.flat();
    },
  };
}
