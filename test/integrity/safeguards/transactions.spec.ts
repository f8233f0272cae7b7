import { without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { Scene } from './scene.ts';

const TIMEOUT_MS = 60_000;

/** Takes a transactional id over whose transaction is open: the broker first has to end that. */
async function takenOver(): Promise<string> {
  const scene = await Scene.open();
  const transactionalId = scene.topics.group();
  const old = await scene.begin(transactionalId);
  await old.send([scene.record('never committed')]);
  return scene.log
    .transactionalProducer({ transactionalId, timeoutMs: TIMEOUT_MS })
    .init()
    .then(
      () => 'taken',
      (error: { detail: string }) => error.detail,
    );
}

/** A transaction is refused; what is published behind it: can it be read, and if not, what makes it readable? */
async function refused(): Promise<{ readonly before: number; readonly after: number }> {
  const scene = await Scene.open();
  const transactionalId = scene.topics.group();
  const take = async () => {
    const producer = scene.log.transactionalProducer({ transactionalId, timeoutMs: TIMEOUT_MS });
    await producer.init();
    return producer;
  };
  const nobody = { groupId: scene.groupId, generation: -1, memberId: '', instanceId: null };
  const huge = { ...scene.record(''), value: Buffer.alloc(3 << 20) };
  const sent = (await take()).commit([scene.record('fine'), huge], [], nobody);
  await expect(sent).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  await scene.log.publisher().publish([scene.record('behind it')]);
  const before = await settledEnd(scene);
  await take();
  return { before, after: await settledEnd(scene) };
}

/** The last stable offset when it has been the same for ten looks. */
async function settledEnd(scene: Scene): Promise<number> {
  let [end, same] = [await scene.lastStable(), 0];
  while (same < 10) {
    const now = await scene.lastStable();
    same = now === end ? same + 1 : 0;
    end = now;
  }
  return end;
}

describe('a transaction', () => {
  it('begins when the one before it has ended', async () => {
    expect(await takenOver()).toBe('taken');
  });

  it('fails for the one before it where nothing is tried again', async () => {
    expect(await without('transaction-retries', takenOver)).toContain('CONCURRENT_TRANSACTIONS');
  });

  it('that is refused holds no reader up', async () => {
    expect(await refused()).toEqual({ before: 3, after: 3 });
  });

  it('that is refused holds readers up until its time-out, or its heir, where nobody aborts it', async () => {
    expect(await without('refused-aborted', refused)).toEqual({ before: 0, after: 3 });
  });
});
