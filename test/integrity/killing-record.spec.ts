import { describe, expect, it } from 'vitest';

import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { brokers } from './test-log.ts';

describe('a record that kills its process', () => {
  it('is a dead letter in the end, and all others are answered as if it had not been there', async () => {
    await using scene = await Scene.open({ brokers: brokers(), partitions: 2, worker: { dwellMs: 0 } });
    await scene.feed.publish(200, (place) => (place === 77 ? 'kills' : null));
    // one that no count foresaw, two in a batch, two alone
    expect(await deathsUntilDrained(scene)).toBe(5);
    // the state is read again from the beginning, past the record
    await scene.feed.publish(200);
    expect(await deathsUntilDrained(scene)).toBe(0);
    expect(await scene.count('killing record')).toMatchObject({ ...NO_MISTAKES, deadLetters: 1 });
  });

  it('is not held against a record when processes die of something else', async () => {
    await using scene = await Scene.open({ brokers: brokers(), partitions: 1, worker: { dwellMs: 150 } });
    await scene.feed.publish(200);
    for (let death = 0; death < 6; death++) {
      const worker = scene.start('a', { instanceId: 'a' });
      await worker.next('committed');
      await worker.kill();
    }
    expect(await deathsUntilDrained(scene)).toBe(0);
    expect(await scene.count('deaths of other causes')).toMatchObject({ ...NO_MISTAKES, deadLetters: 0 });
  });
});

/** As a supervisor does: starts the worker again whenever it has died. */
async function deathsUntilDrained(scene: Scene): Promise<number> {
  for (let deaths = 0; ; deaths++) {
    const worker = scene.start('a', { instanceId: 'a' });
    const died = worker.ended().then(() => 'died');
    const drained = scene.drained().then(() => 'drained');
    const outcome = await Promise.race([died, drained]);
    if (outcome === 'drained') {
      await worker.terminate();
      return deaths;
    }
    drained.catch(() => undefined);
  }
}
