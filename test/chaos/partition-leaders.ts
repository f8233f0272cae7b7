import kafkajs from 'kafkajs';

import { until } from './until.ts';

export interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  /** Its node id; -1: none. */
  readonly leader: number;
  /** Whether every replica has all that was acknowledged. */
  readonly whole: boolean;
}

const WHOLE_LIMIT_MS = 120_000;

/** Who leads what, internal topics included, as a client that is not ours hears it from whichever broker answers. */
export async function partitionStates(brokers: string): Promise<readonly PartitionState[]> {
  const retry = { retries: 3, initialRetryTime: 100, maxRetryTime: 500 };
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING, retry });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata();
    return topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionId: partition, leader, isr, replicas }) => ({
        topic,
        partition,
        leader,
        whole: isr.length === replicas.length,
      })),
    );
  } finally {
    await admin.disconnect();
  }
}

/** Waits until a broker that was away has caught up: before that, the loss of another would stop all writing. */
export async function untilWhole(brokers: string): Promise<void> {
  const isWhole = async (): Promise<boolean> => {
    const states = await partitionStates(brokers).catch(() => []);
    return states.length > 0 && states.every(({ leader, whole }) => leader >= 0 && whole);
  };
  await until('every partition has a leader and all replicas are in sync', isWhole, WHOLE_LIMIT_MS, 250);
}
