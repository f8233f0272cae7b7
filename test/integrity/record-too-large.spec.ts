import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

describe('a broker that takes less than is sent', () => {
  it('gets smaller transactions where the batch is too large, and no sound record is given up', async () => {
    const outputConfig = { 'max.message.bytes': '8000' };
    await using scene = await Scene.open({
      brokers: brokers(),
      outputConfig,
      worker: { batchRecords: 2000, dwellMs: 0 },
    });
    await scene.feed.publish(4000);
    const worker = scene.start('a');
    await worker.next('committed');
    const tally = await scene.count('batches larger than the broker takes');
    expect(tally).toMatchObject({ ...NO_MISTAKES, deadLetters: 0 });
    expect(worker.all('failed').map(({ code }) => code)).toContain('RECORD_REFUSED');
  });
});
