import type { KafkaLog } from '@millrace/kafka';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readCommitted, testLog } from './test-log.ts';

describe('publishing to Kafka', () => {
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

  const values = async (topic: string, partition = 0): Promise<readonly string[]> =>
    (await readCommitted(log, { topic, partition })).map(({ value }) => String(value));

  it('keeps the order of calls that overlap, and writes every record once', async () => {
    const topic = await topics.create(2);
    const publisher = log.publisher();
    const record = (i: number) => ({ topic, partition: i % 2, key: null, value: `${i}` });
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => publisher.publish([record(3 * i), record(3 * i + 1), record(3 * i + 2)])),
    );
    const expected = Array.from({ length: 1500 }, (_, i) => i);
    expect(await values(topic, 0)).toEqual(expected.filter((i) => i % 2 === 0).map(String));
    expect(await values(topic, 1)).toEqual(expected.filter((i) => i % 2 === 1).map(String));
  });

  it('sends more than a batch may hold', async () => {
    const topic = await topics.create(1);
    const big = Array.from({ length: 40 }, (_, i) => ({
      topic,
      partition: 0,
      key: null,
      value: `${i} ${'x'.repeat(100_000)}`,
    }));
    await log.publisher().publish(big);
    expect((await values(topic)).map((value) => Number.parseInt(value, 10))).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
  });

  it('fails the call whose record the broker refuses, and no other', async () => {
    const topic = await topics.create(1);
    const publisher = log.publisher();
    const record = (value: string) => ({ topic, partition: 0, key: null, value });
    const calls = [[record('a')], [record('b'), record('x'.repeat(3 << 20)), record('never')], [record('c')]];
    const results = await Promise.allSettled([
      publisher.publish([record('first')]),
      ...calls.map((records) => publisher.publish(records)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'RECORD_REFUSED' });
    expect((await values(topic)).toSorted()).toEqual(['a', 'b', 'c', 'first']);
    await publisher.publish([record('afterwards')]);
    expect((await values(topic)).at(-1)).toBe('afterwards');
  });

  it('says that a topic is missing', async () => {
    const refused = log.publisher().publish([{ topic: 'no-such-topic', partition: 0, key: null, value: 'x' }]);
    await expect(refused).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
  });
});
