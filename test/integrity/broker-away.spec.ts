import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { hurtInsideTransactions } from '../chaos/hurt-inside-transactions.ts';
import { KafkaProxy } from '../chaos/kafka-proxy.ts';
import { Scene } from '../chaos/scene.ts';
import { until } from '../chaos/until.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

/** Takes longer than `npm run safeguards` allows the others. */
const LONG_MS = 120_000;

const SESSION_MS = 3000;
/** Ten sessions. */
const AWAY_MS = 30_000;
/** The transaction timeout is above every pause, or the broker's own time-out would hide what the engine fails to do. */
const WORKER = { sessionTimeoutMs: SESSION_MS, transactionTimeoutMs: 120_000, dwellMs: 50 };

describe('a broker that goes away in the middle of transactions', () => {
  let broker: RestartableBroker;
  let proxy: KafkaProxy;
  let scene: Scene;
  let workers: readonly [WorkerProcess, WorkerProcess];

  beforeAll(async () => {
    broker = await RestartableBroker.start();
    proxy = await KafkaProxy.listen(broker.proxyPort, broker.behindProxy);
  });

  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await broker?.remove();
  });

  beforeEach(async () => {
    scene = await Scene.open({ brokers: [broker.brokers], workersAt: [proxy.address], worker: WORKER });
    await scene.feed.publish(3000);
    workers = [scene.start('a'), scene.start('b')];
    await scene.settled(workers);
  });

  afterEach(() => scene[Symbol.asyncDispose]());

  const hurt = (how: () => Promise<void>): Promise<void> => hurtInsideTransactions(proxy, ['a', 'b'], how);

  const goOn = async (): Promise<void> => {
    await scene.feed.publish(2000);
    await scene.settled(workers, 60_000);
    expect(workers.map((worker) => worker.isRunning)).toEqual([true, true]);
  };

  it('and is restarted has its transactions done again, once', async () => {
    await hurt(() => broker.stop());
    await broker.start();
    await goOn();
    expect(await scene.count('broker restarted')).toMatchObject(NO_MISTAKES);
  });

  it('by kill -9, for 30 s, is waited for by instances that then go on', { timeout: LONG_MS }, async () => {
    await hurt(() => broker.kill());
    const failures = (): number => Math.min(...workers.map((worker) => worker.all('failed').length));
    const [before, since] = [failures(), performance.now()];
    await until('it has been away for so long', () => performance.now() - since > AWAY_MS, 2 * AWAY_MS);
    expect(failures()).toBeGreaterThan(before + 3);
    await broker.start();
    await goOn();
    expect(await scene.count('broker gone for 30 s')).toMatchObject(NO_MISTAKES);
  });
});
