import { without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { Scene } from './scene.ts';

/** A process ends without a word and comes back: in which generation of its group, if the first was 1. */
async function restarted(): Promise<number> {
  const scene = await Scene.open();
  const first = scene.member('a');
  const { identity } = await first.join();
  await first.close();
  const again = await scene.member('a').join();
  expect(again.partitions).toEqual([scene.at]);
  return again.identity.generation - identity.generation;
}

describe('a restart', () => {
  it('goes on in the same generation of the group', async () => {
    expect(await restarted()).toBe(0);
  });

  it('waits for the session of before to end, and rebalances, without the instance id', async () => {
    expect(await without('static-membership', restarted)).toBeGreaterThan(0);
  });
});
