import { describe, expect, it } from 'vitest';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import type { PartitionBatch } from '../requests/produce.ts';
import { BufferPool } from '../wire/buffer-pool.ts';
import { sendBatches } from './send-batches.ts';

/** Leads everything, and sends nothing. */
function clusterThat(answer: () => Promise<readonly []>): KafkaCluster {
  const leaders = async (batches: readonly PartitionBatch[]) => new Map([[1, batches]]);
  return { leaders, send: answer } as unknown as KafkaCluster;
}

const BATCHES = [{ topic: 't', partition: 0, batch: Buffer.alloc(10_000) }];

describe('the memory of a produce request', () => {
  it('is used again once it was answered, and never while the request may still be on its way', async () => {
    const pool = new BufferPool(1 << 20);
    const cut = sendBatches(
      clusterThat(() => Promise.reject(new Error('cut'))),
      null,
      BATCHES,
      pool,
    );
    await expect(cut).rejects.toThrow('cut');
    expect(pool.keptBytes).toBe(0);
    await sendBatches(
      clusterThat(async () => []),
      null,
      BATCHES,
      pool,
    );
    expect(pool.keptBytes).toBeGreaterThan(10_000);
  });
});
