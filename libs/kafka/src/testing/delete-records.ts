import { SystemClock } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';

import { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { assertNoError } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import { WireWriter } from '../wire/wire-writer.ts';

const TIMEOUT_MS = 10_000;

/** Takes the records before an offset out of the log, as retention does. */
export async function deleteRecords(brokers: readonly string[], at: TopicPartition, before: number): Promise<void> {
  const cluster = new KafkaCluster({ brokers, clientId: 'test', clock: new SystemClock() }, { made: true });
  try {
    const [leader] = (await cluster.leaders([at])).keys();
    await cluster.send(leader as number, 'any', deleteRecordsRequest(at, before));
  } finally {
    cluster.close();
  }
}

function deleteRecordsRequest({ topic, partition }: TopicPartition, before: number): Request<void> {
  return {
    api: 'DeleteRecords',
    version: 1,
    encode: () => {
      const writer = new WireWriter();
      writer.array([topic], (name) =>
        writer.string(name).array([partition], (item) => writer.int32(item).int64(before)),
      );
      return writer.int32(TIMEOUT_MS).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      reader.array(() => {
        reader.string();
        reader.array(() => {
          reader.int32();
          reader.int64(); // where the log begins now
          assertNoError(reader.int16());
        });
      });
    },
  };
}
