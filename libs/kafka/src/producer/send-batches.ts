import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { produceRequest, type PartitionAnswer, type PartitionBatch } from '../requests/produce.ts';

/**
 * Sends batches, one per partition, to the partitions' leaders at once and waits until all of them have answered or
 * failed: nothing is in flight when it throws.
 */
export async function sendBatches(
  cluster: KafkaCluster,
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
): Promise<readonly PartitionAnswer[]> {
  const leaders = await cluster.leaders(batches);
  const answers = await Promise.allSettled(
    [...leaders].map(([nodeId, own]) => cluster.send(nodeId, 'produce', produceRequest(transactionalId, own))),
  );
  return answers.flatMap((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}
