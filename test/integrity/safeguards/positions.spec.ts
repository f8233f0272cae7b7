import { without } from '@millrace/kafka/testing';
import { partitionKey } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { Scene } from './scene.ts';

/** An instance is replaced in the middle of its transaction; its heir commits 10; then it goes on and commits 77. */
async function replaced(): Promise<{ readonly zombie: string; readonly committed: number | null }> {
  const scene = await Scene.open();
  const old = scene.member();
  const { identity } = await old.join();
  const [zombie, heir] = [await scene.begin(), await scene.begin()];
  await old.leave();
  const joined = await scene.member().join();
  await heir.sendPositions([{ ...scene.at, offset: 10, metadata: 'heir' }], joined.identity);
  await heir.end('commit');
  const outcome = await zombie.sendPositions([{ ...scene.at, offset: 77, metadata: 'zombie' }], identity).then(
    () => 'accepted',
    (error: { type: string }) => error.type,
  );
  await zombie.end(outcome === 'accepted' ? 'commit' : 'abort');
  return { zombie: outcome, committed: await scene.committed() };
}

/** What is read as committed while a transaction that commits 99 after 10 is not over. */
async function pending(): Promise<number | undefined> {
  const scene = await Scene.open();
  const owner = scene.member();
  const { identity } = await owner.join();
  const transaction = await scene.begin();
  for (const offset of [10, 99]) {
    await transaction.sendPositions([{ ...scene.at, offset, metadata: 'm' }], identity);
    if (offset === 10) await transaction.end('commit');
  }
  const asked = owner.committed([scene.at]);
  // over the same connection, whose requests are answered in order: the question is answered before the transaction ends
  await owner.committed([{ ...scene.at, partition: 1 }]);
  await transaction.end('commit');
  return (await asked).get(partitionKey(scene.at))?.offset;
}

describe('positions', () => {
  it('of an instance that was replaced are refused', async () => {
    expect(await replaced()).toEqual({ zombie: 'UNKNOWN_MEMBER_ID', committed: 10 });
  });

  it('of an instance that was replaced overwrite those of its heir when they do not name their member', async () => {
    expect(await without('fenced-positions', replaced)).toEqual({ zombie: 'accepted', committed: 77 });
  });

  it('are read when it is known what they are', async () => {
    expect(await pending()).toBe(99);
  });

  it('are old ones when read at once', async () => {
    expect(await without('stable-positions', pending)).toBe(10);
  });
});
