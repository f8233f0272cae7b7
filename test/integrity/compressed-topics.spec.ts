import { TestTopics } from '@millrace/stream/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

import { readCommitted, testLog } from './test-log.ts';

describe('a topic that the broker compresses', () => {
  // text that repeats near and far, bytes that do not, an empty value, and one that needs a long length
  const values = [
    ...Array.from({ length: 300 }, (_, i) => `{"id":${i},"carrier":"MQ","tail":"N${(i * 7919) % 1000}"}`),
    '',
    'x'.repeat(70_000),
    Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)).toString('latin1'),
  ];

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('is read when it is %s', async (codec) => {
    const log = testLog();
    const topics = new TestTopics(log);
    onTestFinished(async () => {
      await topics.delete();
      await log.close();
    });
    const topic = await topics.create(1, { 'compression.type': codec });
    await log
      .publisher()
      .publish(
        values.map((value) => ({ topic, partition: 0, key: null, value, headers: [['h', Buffer.from(codec)]] })),
      );
    const found = await readCommitted(log, { topic, partition: 0 });
    expect(found.map(({ value }) => String(value))).toEqual(values);
    expect(found[0]?.headers).toEqual([['h', Buffer.from(codec)]]);
  });
});
