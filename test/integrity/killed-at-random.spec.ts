import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { readAtLeast } from '../e2e/read-topic.ts';
import { brokers } from './test-log.ts';

/** Takes longer than `npm run safeguards` allows the others. */
const LONG_MS = 120_000;
const RECORDS = 6000;

describe('kill -9', { timeout: LONG_MS }, () => {
  it('at any moment neither loses nor doubles a record, and leaves the state as it was, for other clients, too', async () => {
    await using scene = await Scene.open({ brokers: brokers() });
    await scene.feed.publish(RECORDS);
    const survivor = scene.start('a');
    let victim = scene.start('b');
    for (const moment of ['taken', 'committing', 'committed'] as const) {
      await scene.settled([survivor, victim]);
      await victim.next(moment);
      await victim.kill();
      victim = scene.start('b');
    }
    await scene.settled([survivor, victim]);
    expect(await scene.count('kill -9')).toMatchObject(NO_MISTAKES);
    const { client, values } = await readAtLeast(brokers().join(','), scene.topics.output, RECORDS);
    expect(scene.recount(`kill -9, read by ${client}`, values)).toMatchObject(NO_MISTAKES);
  });
});
