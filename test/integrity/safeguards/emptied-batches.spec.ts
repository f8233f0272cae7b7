import type { KafkaLog } from '@millrace/kafka';
import { without } from '@millrace/kafka/testing';
import type { TopicPartition } from '@millrace/records';
import { TestTopics } from '@millrace/stream/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { readCommitted, testLog } from '../test-log.ts';

const COMPACTED_SOON = {
  'cleanup.policy': 'compact',
  'segment.ms': '200',
  'min.cleanable.dirty.ratio': '0.0001',
  'max.compaction.lag.ms': '500',
};
/** So small that each fetch brings one batch. */
const ONE_BATCH = { maxWaitMs: 100, maxBytes: 1, maxBytesPerPartition: 1 };
/** The broker looks for something to compact every 15 s. */
const COMPACTION_MS = 60_000;

describe('a batch that compaction has emptied', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let at: TopicPartition;

  const publish = async (key: string, value: string): Promise<void> => {
    const publisher = log.publisher();
    await publisher.publish([{ ...at, key, value }]);
    await publisher.close();
  };

  /** The broker keeps a producer's last batch, though another has written its only key anew. */
  beforeAll(async () => {
    log = testLog();
    topics = new TestTopics(log);
    at = { topic: await topics.create(1, COMPACTED_SOON), partition: 0 };
    await publish('k', 'old');
    await publish('k', 'new');
    const assertOldIsGone = async (): Promise<void> => {
      await publish('other', 'begins the next segment');
      expect((await readCommitted(log, at)).map(({ value }) => String(value))).not.toContain('old');
    };
    await vi.waitFor(assertOldIsGone, { timeout: COMPACTION_MS, interval: 500 });
  });

  afterAll(async () => {
    await topics.delete();
    await log.close();
  });

  /** Where a reader stands after its first fetch. */
  const afterOneFetch = async (): Promise<number> => {
    const source = log.source();
    const [chunk] = await source.fetch([{ ...at, offset: 0 }], ONE_BATCH);
    await source.close();
    return chunk?.next ?? 0;
  };

  it('is passed', async () => {
    expect(await afterOneFetch()).toBe(1);
  });

  it('holds a reader up for ever where it counts records instead', async () => {
    expect(await without('batch-offsets', afterOneFetch)).toBe(0);
  });
});
