import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

const ROUNDS = 8;

describe('a rebalance storm', () => {
  it('of members that come and go every second neither loses nor doubles, and work goes on', async () => {
    await using scene = await Scene.open({ brokers: brokers(), partitions: 6, worker: { dwellMs: 50 } });
    await scene.feed.publish(8000);
    const staying = scene.start('staying');
    await staying.next('committed');
    const before = staying.all('committed').length;
    let previous = scene.start('guest 0');
    await previous.next('assigned'); // else it may leave before it has a share to give
    for (let round = 1; round <= ROUNDS; round++) {
      const guest = scene.start(`guest ${round}`);
      await guest.next('assigned');
      const leaving = previous.terminate();
      await guest.next('assigned'); // the previous one's share
      expect(await leaving).toBe(0);
      previous = guest;
    }
    expect(staying.all('committed').length).toBeGreaterThan(before);
    expect(await scene.count('rebalance storm')).toMatchObject(NO_MISTAKES);
    expect(staying.all('assigned').length).toBeGreaterThan(ROUNDS);
    expect(staying.all('abandoned')).toEqual([]);
  });
});
