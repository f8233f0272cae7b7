import type { HeldRequest } from './held-request.ts';
import type { KafkaProxy } from './kafka-proxy.ts';

/**
 * Stops the next EndTxn of each of these clients, so that all of them are inside a transaction and none is being ended
 * by the broker, and then hurts the broker. What was held is cut off.
 *
 * Kafka 4.3.1 forgets transactions that it is ending while it loses the leadership of their partitions, as any single
 * node does that stops or comes back: it logs `Couldn't find leader endpoint for partitions …, these partitions are
 * likely deleted already and hence can be skipped`, notes the transaction as complete and writes no markers. The
 * records then hang, or come out with the next commit of the same producer. No client can help that, Kafka's own
 * neither; without this the count would be Kafka's mistakes.
 */
export async function hurtInsideTransactions(
  proxy: KafkaProxy,
  clientIds: readonly string[],
  hurt: () => Promise<void>,
): Promise<void> {
  const ends: HeldRequest[] = await Promise.all(clientIds.map((clientId) => proxy.hold({ api: 'EndTxn', clientId })));
  await hurt();
  for (const end of ends) end.cut();
}
