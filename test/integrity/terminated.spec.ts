import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { KafkaProxy } from '../chaos/kafka-proxy.ts';
import { Scene } from '../chaos/scene.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

describe('SIGTERM in the middle of a transaction', () => {
  let broker: RestartableBroker;
  let proxy: KafkaProxy;
  let scene: Scene;
  let worker: WorkerProcess;

  beforeAll(async () => {
    broker = await RestartableBroker.start();
    proxy = await KafkaProxy.listen(broker.proxyPort, broker.behindProxy);
  });

  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await broker?.remove();
  });

  beforeEach(async () => {
    scene = await Scene.open({ brokers: [broker.brokers], workersAt: [proxy.address] });
    await scene.feed.publish(1000);
    worker = scene.start('a');
    await scene.settled([worker]);
  });

  afterEach(() => scene[Symbol.asyncDispose]());

  it('lets it end: what was taken is committed before the process is gone', async () => {
    const end = await proxy.hold({ api: 'EndTxn', clientId: 'a' });
    const taken = worker.all('taken').length;
    const stopping = worker.next('stopping');
    const ended = worker.terminate();
    await stopping;
    end.pass();
    expect(await ended).toBe(0);
    expect(worker.all('committed')).toHaveLength(taken);
    expect(worker.all('taken')).toHaveLength(taken);
    scene.start('a');
    expect(await scene.count('SIGTERM inside a transaction')).toMatchObject(NO_MISTAKES);
  });

  it('gives the partitions back at once, so that the next one need not wait for the session', async () => {
    await worker.next('committing');
    expect(await worker.terminate()).toBe(0);
    const next = scene.start('b', { sessionTimeoutMs: 60_000 });
    await next.next('committed', 10_000);
    expect(await scene.count('SIGTERM before a transaction')).toMatchObject(NO_MISTAKES);
  });
});
