import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

describe('two instances under one transactional id', () => {
  it('do not fight for ever: one gives up and says why, the other goes on, and nothing is doubled', async () => {
    const transactionalId = `shared-${process.pid}-${Date.now()}`;
    await using scene = await Scene.open({ brokers: brokers(), worker: { transactionalId, dwellMs: 50 } });
    await scene.feed.publish(4000);
    const rivals = [scene.start('a'), scene.start('b')] as const;
    expect(await Promise.race(rivals.map((rival) => rival.ended()))).toBe(1);
    const [loser] = rivals.filter((rival) => !rival.isRunning);
    const [winner] = rivals.filter((rival) => rival !== loser);
    expect(loser?.all('ended').at(-1)?.code).toBe('INSTANCE_FENCED');
    expect(loser?.all('failed').filter(({ code }) => code === 'PRODUCER_FENCED').length).toBeLessThanOrEqual(6);
    await winner?.next('committed');
    expect(await scene.count('two instances under one transactional id')).toMatchObject(NO_MISTAKES);
    expect(await winner?.ended()).toBe(0);
  });
});
