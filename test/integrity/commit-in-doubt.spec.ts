import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import type { HeldRequest } from '../chaos/held-request.ts';
import { holdEndOfBatch } from '../chaos/hold-end-of-batch.ts';
import { KafkaProxy } from '../chaos/kafka-proxy.ts';
import { Scene } from '../chaos/scene.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

/** What the engine waits for an answer to a request. */
const REQUEST_TIMEOUT_MS = 10_000;

describe('a transaction whose end is in doubt', () => {
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
    worker = scene.start('a', { dwellMs: 20 });
    await scene.settled([worker]);
  });

  afterEach(() => scene[Symbol.asyncDispose]());

  const endOfNext = (): Promise<HeldRequest> => holdEndOfBatch(proxy, 'a');

  it('has committed where only the reply was lost, and nothing of it comes again', async () => {
    for (let round = 0; round < 3; round++) {
      await (await endOfNext()).cutAfterReply();
      await worker.next('abandoned');
      await worker.next('committed');
    }
    expect(await scene.count('connection cut between EndTxn and its reply')).toMatchObject(NO_MISTAKES);
  });

  it('has not committed where its end did not reach the broker, and all of it comes again', async () => {
    for (let round = 0; round < 3; round++) {
      (await endOfNext()).cut();
      await worker.next('abandoned');
      await worker.next('committed');
    }
    expect(await scene.count('connection cut before EndTxn')).toMatchObject(NO_MISTAKES);
  });

  it('is given up where no reply comes in time, and its end is refused when it arrives after all', async () => {
    const held = await endOfNext();
    const { code } = await worker.next('failed', 2 * REQUEST_TIMEOUT_MS);
    expect(code).toBe('LOG_UNAVAILABLE');
    await worker.next('committed');
    held.pass();
    await held.answered;
    expect(await scene.count('EndTxn delayed beyond its time-out')).toMatchObject(NO_MISTAKES);
  });

  it('survives a connection cut at each of its requests in turn', async () => {
    for (const api of ['InitProducerId', 'AddPartitionsToTxn', 'Produce', 'TxnOffsetCommit', 'EndTxn'] as const) {
      const cut = proxy.hold({ api, clientId: 'a' });
      if (api === 'InitProducerId') (await endOfNext()).cut();
      await (await cut).cutAfterReply();
      await worker.next('committed');
    }
    expect(await scene.count('connection cut at each request')).toMatchObject(NO_MISTAKES);
  });
});
