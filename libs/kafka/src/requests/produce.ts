import type { TopicPartition } from '@millrace/records';

import { WireWriter } from '../wire/wire-writer.ts';
import { byTopic } from './by-topic.ts';
import type { Request } from './request.ts';

const ALL_IN_SYNC_REPLICAS = -1;
const TIMEOUT_MS = 30_000;

/** At most one batch per partition in a request. */
export interface PartitionBatch extends TopicPartition {
  readonly batch: Buffer;
}

export interface PartitionAnswer extends TopicPartition {
  readonly errorCode: number;
}

/** Answers per partition, errors included: one refused batch does not undo its neighbours. */
export function produceRequest(
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
): Request<readonly PartitionAnswer[]> {
  return {
    api: 'Produce',
    version: 7,
    timeoutMs: TIMEOUT_MS + 5000,
    encode: () => {
      const writer = new WireWriter(batches.reduce((sum, { batch }) => sum + batch.length + 64, 256));
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
