import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { holdEndOfBatch } from '../chaos/hold-end-of-batch.ts';
import { KafkaProxy } from '../chaos/kafka-proxy.ts';
import { Scene } from '../chaos/scene.ts';
import { until } from '../chaos/until.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

const SESSION_MS = 2000;
/** Above any pause here, or the broker's own time-out would hide what the engine fails to do. */
const LONG_MS = 60_000;
/** A take-over that does not wait asks for the committed positions once. */
const MANY_TIMES = 20;

/** SIGSTOP: the process stands still in the middle of something, and wakes in a world that has gone on. */
describe('a frozen process', () => {
  let broker: RestartableBroker;
  let proxy: KafkaProxy;
  let scene: Scene;
  let frozen: WorkerProcess;
  let other: WorkerProcess;

  beforeAll(async () => {
    broker = await RestartableBroker.start();
    proxy = await KafkaProxy.listen(broker.proxyPort, broker.behindProxy);
  });

  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await broker?.remove();
  });

  const openScene = async (sessionTimeoutMs: number, transactionTimeoutMs: number): Promise<void> => {
    const worker = { sessionTimeoutMs, transactionTimeoutMs };
    scene = await Scene.open({ brokers: [broker.brokers], workersAt: [proxy.address], worker });
    await scene.feed.publish(4000);
  };

  afterEach(() => scene[Symbol.asyncDispose]());

  /** Whether the other one has committed something of what was the frozen one's. */
  const hasTakenOver = (partitions: readonly string[], since: number): boolean =>
    other
      .all('committed')
      .slice(since)
      .some((report) => report.partitions.some((at) => partitions.includes(at)));

  const expelled = async (): Promise<void> => {
    await until('the other one has all partitions', () => other.partitions.length === scene.topics.partitions);
  };

  /** Where readers of the output end, partition by partition added up: it moves when the open transaction ends. */
  const stable = async (): Promise<number> => {
    const source = scene.log.source();
    const bounds = await source.bounds(scene.outputs);
    await source.close();
    return [...bounds.values()].reduce((sum, { lastStable }) => sum + lastStable, 0);
  };

  describe('whose partitions were given away', () => {
    beforeEach(async () => {
      await openScene(SESSION_MS, LONG_MS);
      frozen = scene.start('frozen');
      other = scene.start('other');
      await scene.settled([frozen, other]);
    });

    it('cannot commit what it was about to send', async () => {
      await frozen.next('committing');
      frozen.freeze();
      const { partitions } = frozen;
      const since = other.all('committed').length;
      await expelled();
      await until('its partitions have moved on', () => hasTakenOver(partitions, since));
      frozen.thaw();
      await Promise.race([frozen.next('abandoned'), frozen.next('committed')]);
      await scene.settled([frozen, other]);
      expect(await scene.count('frozen before its transaction')).toMatchObject(NO_MISTAKES);
    });

    it('holds up its partitions until what it had all but committed is known', async () => {
      const end = await holdEndOfBatch(proxy, 'frozen');
      frozen.freeze();
      const { partitions } = frozen;
      const since = other.all('committed').length;
      await expelled();
      const asks = (): number => proxy.seen({ api: 'OffsetFetch', clientId: 'other' });
      const enough = asks() + MANY_TIMES;
      await until(
        'the other one waits, or has gone on without waiting',
        () => asks() > enough || hasTakenOver(partitions, since),
      );
      const waited = !hasTakenOver(partitions, since);
      end.pass();
      await end.answered;
      frozen.thaw();
      await scene.settled([frozen, other]);
      const tally = await scene.count('frozen between its positions and EndTxn');
      expect({ ...tally, waited }).toMatchObject({ ...NO_MISTAKES, waited: true });
    });
  });

  it('whose transaction the broker has timed out does it again', async () => {
    await openScene(LONG_MS, 2000);
    frozen = scene.start('frozen');
    await frozen.next('committed');
    const end = await holdEndOfBatch(proxy, 'frozen');
    frozen.freeze();
    const open = await stable();
    await until('the broker has ended the transaction', async () => (await stable()) > open);
    end.pass();
    frozen.thaw();
    const { code } = await frozen.next('failed');
    expect(code).toBe('PRODUCER_FENCED');
    expect(await scene.count('frozen beyond its transaction timeout')).toMatchObject(NO_MISTAKES);
  });
});
