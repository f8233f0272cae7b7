import type { KafkaLog } from '@millrace/kafka';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokerSockets } from './broker-sockets.ts';
import { readCommitted, testLog } from './test-log.ts';

/** As a switch that reboots would. */
function cutConnections(): void {
  for (const socket of brokerSockets()) socket.destroy(new Error('cut'));
}

describe('when all connections are cut', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let topic: string;

  beforeEach(async () => {
    log = testLog();
    topics = new TestTopics(log);
    topic = await topics.create(1);
  });

  afterEach(async () => {
    await topics.delete();
    await log.close();
  });

  const at = () => ({ topic, partition: 0 });

  it('a publisher goes on, and writes every record once, also where only the answer was lost', async () => {
    const publisher = log.publisher();
    await publisher.publish([{ ...at(), key: null, value: '0' }]);
    for (let i = 1; i <= 40; i++) {
      const publishing = publisher.publish([{ ...at(), key: null, value: `${i}` }]);
      // a little later in the exchange each time: before the request is written, while the broker has it, after the answer
      for (let turn = 0; turn < i % 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      cutConnections();
      await publishing;
    }
    const values = (await readCommitted(log, at())).map(({ value }) => String(value));
    expect(values).toEqual(Array.from({ length: 41 }, (_, i) => String(i)));
  });

  it('a waiting fetch fails in words that the engine knows, and the next one reads', async () => {
    const source = log.source();
    await log.publisher().publish([{ ...at(), key: null, value: 'x' }]);
    const limits = { maxWaitMs: 5000, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };
    await source.fetch([{ ...at(), offset: 0 }], limits);
    const waiting = source.fetch([{ ...at(), offset: 1 }], limits);
    const failure = waiting.catch((error: unknown) => error);
    await log.admin().list();
    cutConnections();
    expect(await failure).toMatchObject({ code: 'LOG_UNAVAILABLE' });
    const [chunk] = await source.fetch([{ ...at(), offset: 0 }], limits);
    expect(chunk?.next).toBe(1);
  });

  it('a member keeps its membership, and a producer is taken anew', async () => {
    const reasons: string[] = [];
    const groupId = topics.group();
    const member = log.member({
      groupId,
      inputs: [[topic]],
      sessionTimeoutMs: 6000,
      onRebalance: ({ code }) => reasons.push(code),
    });
    const { identity } = await member.join();
    const transactionalId = topics.group();
    const producer = log.transactionalProducer({ transactionalId, timeoutMs: 10_000 });
    await producer.init();
    cutConnections();
    const position = { ...at(), offset: 1, metadata: 'm' };
    await producer.commit([{ ...at(), key: null, value: 'maybe' }], [position], identity).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE' });
    });
    const next = log.transactionalProducer({ transactionalId, timeoutMs: 10_000 });
    await next.init();
    await next.commit([{ ...at(), key: null, value: 'surely' }], [{ ...position, offset: 2 }], identity);
    expect((await member.committed([at()])).get(`${topic}/0`)?.offset).toBe(2);
    expect(reasons).toEqual([]);
    await member.leave();
  });
});
