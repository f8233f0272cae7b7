import { describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';

/** Takes longer than `npm run safeguards` allows the others. */
const LONG_MS = 120_000;

const MB = 1 << 20;

describe('a broker whose disk is full', { timeout: LONG_MS }, () => {
  it('loses nothing of what it acknowledged: with room again, work goes on where it stood', async () => {
    const broker = await RestartableBroker.start();
    try {
      await using scene = await Scene.open({
        brokers: [broker.brokers],
        partitions: 1,
        worker: { batchRecords: 100, dwellMs: 20, paddingBytes: 4096 },
      });
      await scene.feed.publish(6000);
      await broker.stop();
      // room for its own indexes, which it makes 10 MB large, and for half of the output
      await broker.start({ mostFileBytes: 12 * MB });
      const worker = scene.start('a');
      await worker.next('committed');
      await broker.ended(); // Kafka gives up the only folder that it has
      const committed = worker.all('committed').length;
      await worker.next('failed');
      expect(committed).toBeGreaterThan(3);
      await broker.start();
      await worker.next('committed');
      expect(await scene.count('disk full')).toMatchObject(NO_MISTAKES);
      expect(worker.all('failed').length).toBeGreaterThan(0);
    } finally {
      await broker.remove();
    }
  });
});
