import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

describe('a rebalance in the middle of a batch', () => {
  it('leaves partitions that come back with their state and position, and restores only what moves', async () => {
    await using scene = await Scene.open({ brokers: brokers(), worker: { handlerMs: 300, dwellMs: 300 } });
    await scene.feed.publish(2000);
    const staying = scene.start('staying');
    await staying.next('committed');
    expect(staying.all('restored')).toHaveLength(4);
    const guest = scene.start('guest');
    await scene.settled([staying, guest]);
    const kept = staying.partitions;
    expect(kept).toHaveLength(2);
    expect(guest.all('restored')).toHaveLength(2);
    expect(staying.all('restored')).toHaveLength(4);
    const moved = guest.partitions;
    await guest.terminate();
    await scene.settled([staying]);
    expect(
      staying
        .all('restored')
        .slice(4)
        .map(({ task }) => task)
        .toSorted(),
    ).toEqual(moved.map((partition) => partition.replace(/^.*\//, '0/')).toSorted());
    expect(staying.all('abandoned')).toEqual([]);
    expect(await scene.count('rebalance in the middle of a batch')).toMatchObject(NO_MISTAKES);
  });
});
