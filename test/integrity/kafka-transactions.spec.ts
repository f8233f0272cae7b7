import { SystemClock } from '@millrace/core';
import type { KafkaLog } from '@millrace/kafka';
import type { GroupIdentity, TransactionalProducer } from '@millrace/stream';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readCommitted, testLog } from './test-log.ts';

const TRANSACTION_TIMEOUT_MS = 30_000;

describe('a transaction on Kafka', () => {
  let log: KafkaLog;
  let topics: TestTopics;

  beforeEach(() => {
    log = testLog();
    topics = new TestTopics(log);
  });

  afterEach(async () => {
    await topics.delete();
    await log.close();
  });

  const nobody = (): GroupIdentity => ({ groupId: topics.group(), generation: -1, memberId: '', instanceId: null });
  const take = async (): Promise<TransactionalProducer> => {
    const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: TRANSACTION_TIMEOUT_MS });
    await producer.init();
    return producer;
  };

  it('may hold more of a partition than one request, in order', async () => {
    const topic = await topics.create(2);
    const producer = await take();
    const records = Array.from({ length: 60 }, (_, i) => ({
      topic,
      partition: i % 2,
      key: null,
      value: `${i} ${'x'.repeat(80_000)}`,
    }));
    await producer.commit(records, [], nobody());
    await producer.commit([{ topic, partition: 1, key: null, value: '99 the next transaction' }], [], nobody());
    const numbers = async (partition: number): Promise<readonly number[]> =>
      (await readCommitted(log, { topic, partition })).map(({ value }) => Number.parseInt(String(value), 10));
    const all = Array.from({ length: 60 }, (_, i) => i);
    await expect.poll(() => numbers(0)).toEqual(all.filter((i) => i % 2 === 0));
    await expect.poll(() => numbers(1)).toEqual([...all.filter((i) => i % 2 === 1), 99]);
  });

  it('that is refused keeps no reader waiting for its time-out', async () => {
    const topic = await topics.create(2);
    const producer = await take();
    const refused = producer.commit(
      [
        { topic, partition: 0, key: null, value: 'fine by itself' },
        { topic, partition: 1, key: null, value: Buffer.alloc(3 << 20) },
      ],
      [],
      nobody(),
    );
    await expect(refused).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
    await log.publisher().publish([{ topic, partition: 0, key: null, value: 'behind it' }]);
    const clock = new SystemClock();
    const startedAt = clock.elapsed();
    const values = async (): Promise<readonly string[]> =>
      (await readCommitted(log, { topic, partition: 0 })).map(({ value }) => String(value));
    await expect.poll(values, { timeout: TRANSACTION_TIMEOUT_MS / 3 }).toEqual(['behind it']);
    expect(clock.elapsed() - startedAt).toBeLessThan(TRANSACTION_TIMEOUT_MS / 3);
  });

  it('cannot follow one that failed under the same producer', async () => {
    const topic = await topics.create(1);
    const producer = await take();
    const huge = { topic, partition: 0, key: null, value: Buffer.alloc(3 << 20) };
    await expect(producer.commit([huge], [], nobody())).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
    const next = producer.commit([{ topic, partition: 0, key: null, value: 'x' }], [], nobody());
    await expect(next).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await readCommitted(log, { topic, partition: 0 })).toEqual([]);
  });

  it('refuses a marker that is too large for the broker', async () => {
    const input = await topics.create(1);
    const groupId = topics.group();
    const member = log.member({ groupId, inputs: [[input]], sessionTimeoutMs: 6000, onRebalance: () => undefined });
    const { identity } = await member.join();
    const producer = await take();
    const position = { topic: input, partition: 0, offset: 1, metadata: 'm'.repeat(5000) };
    await expect(producer.commit([], [position], identity)).rejects.toMatchObject({ code: 'MARKER_TOO_LARGE' });
    await member.leave();
  });
});
