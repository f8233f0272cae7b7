import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

const HOUR_MS = 3_600_000;
/** As every topic of a pipeline that Millrace writes to: with the writer's own time a broker refuses what is an hour ahead. */
const outputConfig = { 'message.timestamp.type': 'LogAppendTime' };

describe('a jump of the wall clock', () => {
  it('by hours, forwards and back, changes nothing: no member is lost, no record', async () => {
    await using scene = await Scene.open({ brokers: brokers(), outputConfig, worker: { dwellMs: 30 } });
    await scene.feed.publish(4000);
    const [jumping, steady] = [scene.start('jumping'), scene.start('steady')];
    await scene.settled([jumping, steady]);
    for (const ms of [5 * HOUR_MS, -10 * HOUR_MS, 24 * HOUR_MS]) {
      await jumping.next('taken');
      jumping.tell({ do: 'jump', ms });
      for (let commits = 0; commits < 5; commits++) await jumping.next('committed');
    }
    expect([...jumping.all('failed'), ...steady.all('failed')].filter(({ code }) => code !== 'REBALANCED')).toEqual([]);
    expect(await scene.count('clock jump')).toMatchObject(NO_MISTAKES);
  });
});
