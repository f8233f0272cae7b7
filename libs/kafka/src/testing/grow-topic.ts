import { SystemClock } from '@millrace/core';

import { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { assertNoError } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import { WireWriter } from '../wire/wire-writer.ts';

const TIMEOUT_MS = 10_000;

/** Gives a topic more partitions, as an operator does. */
export async function growTopic(brokers: readonly string[], topic: string, partitions: number): Promise<void> {
  const cluster = new KafkaCluster({ brokers, clientId: 'test', clock: new SystemClock() }, { made: true });
  try {
    await cluster.sendToController(createPartitionsRequest(topic, partitions));
  } finally {
    cluster.close();
  }
}

function createPartitionsRequest(topic: string, partitions: number): Request<void> {
  return {
    api: 'CreatePartitions',
    version: 1,
    encode: () => {
      const writer = new WireWriter();
      writer.array([topic], (name) => writer.string(name).int32(partitions).int32(-1)); // replicas: the broker's choice
      return writer.int32(TIMEOUT_MS).boolean(false).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      reader.array(() => {
        reader.string();
        assertNoError(reader.int16());
        reader.string(); // message
      });
    },
  };
}
