import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { Scene } from '../chaos/scene.ts';
import { until } from '../chaos/until.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

const SESSION_MS = 3000;

describe('when the broker goes away under load', () => {
  let broker: RestartableBroker;
  let scene: Scene;
  let workers: readonly [WorkerProcess, WorkerProcess];

  beforeAll(async () => {
    broker = await RestartableBroker.start();
  });

  afterAll(() => broker?.remove());

  beforeEach(async () => {
    scene = await Scene.open({ brokers: [broker.brokers], worker: { sessionTimeoutMs: SESSION_MS, dwellMs: 50 } });
    await scene.feed.publish(6000);
    workers = [scene.start('a'), scene.start('b')];
    await scene.settled(workers);
  });

  afterEach(() => scene[Symbol.asyncDispose]());

  const goOn = async (): Promise<void> => {
    await scene.feed.publish(3000);
    await scene.settled(workers, 60_000);
    expect(workers.map((worker) => worker.isRunning)).toEqual([true, true]);
  };

  it('and is restarted, work goes on where it stood', async () => {
    await broker.stop();
    await broker.start();
    await goOn();
    expect(await scene.count('broker restarted')).toMatchObject(NO_MISTAKES);
  });

  it('by kill -9 in the middle of transactions, they are done again or kept', async () => {
    await Promise.all(workers.map((worker) => worker.next('committing')));
    await broker.kill();
    await broker.start();
    await goOn();
    expect(await scene.count('broker killed')).toMatchObject(NO_MISTAKES);
  });

  it('for several sessions, the instances wait for it and go on', async () => {
    await broker.kill();
    const failures = (): number => Math.min(...workers.map((worker) => worker.all('failed').length));
    const [before, since] = [failures(), performance.now()];
    await until('it has been away for four sessions', () => performance.now() - since > 4 * SESSION_MS);
    expect(failures()).toBeGreaterThan(before + 3);
    await broker.start();
    await goOn();
    expect(await scene.count('broker gone for 12 s')).toMatchObject(NO_MISTAKES);
  });

  it('by standing still, longer than any time-out, they go on when it wakes', async () => {
    broker.freeze();
    await Promise.all(workers.map((worker) => worker.next('failed')));
    broker.thaw();
    await goOn();
    expect(await scene.count('broker frozen')).toMatchObject(NO_MISTAKES);
  });
});
