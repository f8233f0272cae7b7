import type { KafkaLog } from '@millrace/kafka';
import { OpenTransaction } from '@millrace/kafka/testing';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokers, readCommitted, testLog } from './test-log.ts';

describe('an aborted record', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let topic: string;
  const open: OpenTransaction[] = [];

  beforeEach(async () => {
    log = testLog();
    topics = new TestTopics(log);
    topic = await topics.create(1);
  });

  afterEach(async () => {
    for (const transaction of open.splice(0)) transaction.close();
    await topics.delete();
    await log.close();
  });

  const begin = async (): Promise<OpenTransaction> => {
    const transaction = await OpenTransaction.begin(brokers(), topics.group());
    open.push(transaction);
    return transaction;
  };
  const record = (value: string, key: string | Uint8Array | null = null) => ({ topic, partition: 0, key, value });
  const read = async (from = 0): Promise<readonly string[]> =>
    (await readCommitted(log, { topic, partition: 0 }, from)).map(({ value }) => String(value));

  it('is never read, however transactions overlap: one that began later ends first', async () => {
    const [a, b, c] = [await begin(), await begin(), await begin()];
    await a.send([record('a aborted')]);
    await b.send([record('b aborted')]);
    await b.end('abort');
    await c.send([record('c committed')]);
    await a.send([record('a aborted too')]);
    await b.send([record('b committed')]);
    await a.end('abort');
    await c.end('commit');
    await b.end('commit');
    await expect.poll(() => read()).toEqual(['c committed', 'b committed']);
  });

  it('is never read when its transaction was aborted and the next one of its producer was committed', async () => {
    const a = await begin();
    for (const round of [1, 2, 3]) {
      await a.send([record(`aborted ${round}`)]);
      await a.end('abort');
      await a.send([record(`committed ${round}`)]);
      await a.end('commit');
    }
    await expect.poll(() => read()).toEqual(['committed 1', 'committed 2', 'committed 3']);
  });

  it('is never read from the middle of its transaction on', async () => {
    const [a, b] = [await begin(), await begin()];
    await a.send([record('a0')]);
    await b.send([record('b0')]);
    await a.send([record('a1')]);
    await b.send([record('b1')]);
    await a.end('abort');
    await b.end('abort');
    const publisher = log.publisher();
    await publisher.publish([record('plain')]);
    await expect.poll(() => read()).toEqual(['plain']);
    for (let offset = 0; offset < 6; offset++) expect(await read(offset)).toEqual(['plain']);
  });

  it('does not pass for an abort marker when its key looks like one', async () => {
    const a = await begin();
    await a.send([record('aborted', Buffer.from([0, 0, 0, 0])), record('aborted as well')]);
    await a.send([record('and this')]);
    await a.end('abort');
    await a.send([record('committed', Buffer.from([0, 0, 0, 0]))]);
    await a.end('commit');
    await expect.poll(() => read()).toEqual(['committed']);
  });

  it('stays unread while nobody knows how its transaction ends', async () => {
    const a = await begin();
    const publisher = log.publisher();
    await a.send([record('open')]);
    await publisher.publish([record('behind it')]);
    expect(await read()).toEqual([]);
    await a.end('abort');
    await expect.poll(() => read()).toEqual(['behind it']);
  });
});
