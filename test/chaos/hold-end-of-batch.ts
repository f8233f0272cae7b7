import type { HeldRequest } from './held-request.ts';
import type { KafkaProxy } from './kafka-proxy.ts';

/**
 * Stops the end of a worker's next transaction that has outputs: they are at the broker by then, and so are positions that
 * have moved on. One that only counts a try has no outputs and sends the positions of before, so that it is all the same
 * whether it ever commits.
 */
export async function holdEndOfBatch(proxy: KafkaProxy, clientId: string): Promise<HeldRequest> {
  const produced = (): number => proxy.seen({ api: 'Produce', clientId });
  for (;;) {
    const before = produced();
    const end = await proxy.hold({ api: 'EndTxn', clientId });
    if (produced() > before) return end;
    end.pass();
  }
}
