import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { produceBytes, produceRequest, type PartitionAnswer, type PartitionBatch } from '../requests/produce.ts';
import { BufferPool } from '../wire/buffer-pool.ts';

/**
 * Sends batches, one per partition, to the partitions' leaders at once and waits until all of them have answered or
 * failed: nothing is in flight when it throws.
 */
export async function sendBatches(
  cluster: KafkaCluster,
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
  pool = new BufferPool(0),
): Promise<readonly PartitionAnswer[]> {
  const send = async (nodeId: number, own: readonly PartitionBatch[]): Promise<readonly PartitionAnswer[]> => {
    const memory = pool.take(produceBytes(transactionalId, own));
    const answer = await cluster.send(nodeId, 'produce', produceRequest(transactionalId, own, memory));
    pool.give(memory); // it was answered, so it has left; after an error it may still be on its way
    return answer;
  };
  const leaders = await cluster.leaders(batches);
  const answers = await Promise.allSettled([...leaders].map(([nodeId, own]) => send(nodeId, own)));
  return answers.flatMap((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}
