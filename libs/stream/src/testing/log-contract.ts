import { SystemClock } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NO_GROUP, type GroupMember } from '../ports/group-member.ts';
import type { Log } from '../ports/log.ts';
import { markerText as metadata } from './marker-text.ts';
import { TestTopics } from './test-topics.ts';

const LIMITS = { maxWaitMs: 500, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** What every `Log` keeps, whatever it is made of. */
export function logContract(name: string, open: () => Promise<Log>): void {
  describe(`${name} as a log`, () => {
    let log: Log;
    let topics: TestTopics;
    const members: GroupMember[] = [];

    beforeEach(async () => {
      log = await open();
      topics = new TestTopics(log);
    });

    afterEach(async () => {
      for (const member of members.splice(0)) await member.leave().catch(() => undefined);
      for (const member of members.splice(0)) await member.close();
      await topics.delete();
      await log.close();
    });

    const join = async (groupId: string, inputs: string[][], onRebalance: () => void = () => undefined) => {
      const member = log.member({ groupId, inputs, sessionTimeoutMs: 10_000, onRebalance });
      members.push(member);
      return { member, assignment: await member.join() };
    };

    /** Every record of a partition, and where reading ended. */
    const readAll = async (at: TopicPartition) => {
      const source = log.source();
      const { lastStable } = (await source.bounds([at])).get(partitionKey(at)) as { lastStable: number };
      const values: string[] = [];
      let offset = 0;
      while (offset < lastStable) {
        for (const chunk of await source.fetch([{ ...at, offset }], LIMITS)) {
          values.push(...chunk.records.map((record) => String(record.value)));
          offset = chunk.next;
        }
      }
      await source.close();
      return { values, end: offset };
    };

    it('reads back what was published, in order, with key, headers and timestamp', async () => {
      const topic = await topics.create(1);
      const publisher = log.publisher();
      await publisher.publish([
        {
          topic,
          partition: 0,
          key: 'k',
          value: 'one',
          headers: [['h', Buffer.from('x')]],
          timestamp: 1_700_000_000_000,
        },
        { topic, partition: 0, key: null, value: null },
      ]);
      const source = log.source();
      const [chunk] = await source.fetch([{ topic, partition: 0, offset: 0 }], LIMITS);
      expect(chunk?.records.map((r) => [r.offset, r.key?.toString() ?? null, r.value?.toString() ?? null])).toEqual([
        [0, 'k', 'one'],
        [1, null, null],
      ]);
      expect(chunk?.records[0]?.headers).toEqual([['h', Buffer.from('x')]]);
      expect(chunk?.records[0]?.timestamp).toBe(1_700_000_000_000);
      expect(chunk).toMatchObject({ next: 2, lastStable: 2 });
      await publisher.close();
      await source.close();
    });

    it('wakes a waiting fetch when something arrives, and brings nothing when nothing does', async () => {
      const topic = await topics.create(1);
      const source = log.source();
      const nothing = await source.fetch([{ topic, partition: 0, offset: 0 }], { ...LIMITS, maxWaitMs: 20 });
      expect(nothing.flatMap((chunk) => chunk.records)).toEqual([]);
      const publisher = log.publisher();
      const waiting = source.fetch([{ topic, partition: 0, offset: 0 }], { ...LIMITS, maxWaitMs: 5000 });
      await publisher.publish([{ topic, partition: 0, key: null, value: 'news' }]);
      expect((await waiting).flatMap((chunk) => chunk.records.map((r) => String(r.value)))).toEqual(['news']);
      await publisher.close();
      await source.close();
    });

    it('refuses a fetch outside the log', async () => {
      const topic = await topics.create(1);
      const source = log.source();
      await expect(source.fetch([{ topic, partition: 0, offset: 7 }], LIMITS)).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
      });
      await source.close();
    });

    it('commits records and positions together, and keeps the marker', async () => {
      const [input, output] = [await topics.create(1), await topics.create(1)];
      const { member, assignment } = await join(topics.group(), [[input]]);
      expect((await member.committed([{ topic: input, partition: 0 }])).get(`${input}/0`)).toBeNull();
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      for (const number of [1, 2]) {
        await producer.commit(
          [{ topic: output, partition: 0, key: null, value: `v${number}` }],
          [{ topic: input, partition: 0, offset: number * 10, metadata: metadata(number) }],
          assignment.identity,
        );
      }
      expect((await member.committed([{ topic: input, partition: 0 }])).get(`${input}/0`)).toEqual({
        offset: 20,
        metadata: metadata(2),
      });
      // Two records, two control records. A log may acknowledge a commit before its readers see it.
      await expect.poll(() => readAll({ topic: output, partition: 0 })).toEqual({ values: ['v1', 'v2'], end: 4 });
      const outside = await log.admin().committed(assignment.identity.groupId, [{ topic: input, partition: 0 }]);
      expect(outside.get(`${input}/0`)?.offset).toBe(20);
      await producer.close();
    });

    it('forgets a group that nobody is in, and what it has committed', async () => {
      const [input, group] = [await topics.create(1), topics.group()];
      const at = { topic: input, partition: 0 };
      const { member, assignment } = await join(group, [[input]]);
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      await producer.commit([], [{ ...at, offset: 10, metadata: metadata(1) }], assignment.identity);
      await producer.close();
      const admin = log.admin();
      expect(await admin.deleteGroup(group)).toBe(false);
      expect((await admin.committed(group, [at])).get(`${input}/0`)?.offset).toBe(10);
      await member.leave();
      await expect.poll(() => admin.deleteGroup(group)).toBe(true);
      expect((await admin.committed(group, [at])).get(`${input}/0`)).toBeNull();
      expect(await admin.deleteGroup(group)).toBe(true);
    });

    it('commits positions alone', async () => {
      const input = await topics.create(1);
      const { member, assignment } = await join(topics.group(), [[input]]);
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      await producer.commit(
        [],
        [{ topic: input, partition: 0, offset: 3, metadata: metadata(1) }],
        assignment.identity,
      );
      expect((await member.committed([{ topic: input, partition: 0 }])).get(`${input}/0`)?.offset).toBe(3);
      await producer.close();
    });

    it('fences a producer when another takes its transactional id', async () => {
      const input = await topics.create(1);
      const output = await topics.create(1);
      const { assignment } = await join(topics.group(), [[input]]);
      const transactionalId = topics.group();
      const [old, taker] = [1, 2].map(() => log.transactionalProducer({ transactionalId, timeoutMs: 10_000 })) as [
        ReturnType<Log['transactionalProducer']>,
        ReturnType<Log['transactionalProducer']>,
      ];
      await old.init();
      await taker.init();
      const position = { topic: input, partition: 0, offset: 1, metadata: metadata(1) };
      await expect(
        old.commit([{ topic: output, partition: 0, key: null, value: 'zombie' }], [position], assignment.identity),
      ).rejects.toMatchObject({
        code: 'PRODUCER_FENCED',
      });
      await taker.commit([{ topic: output, partition: 0, key: null, value: 'good' }], [position], assignment.identity);
      await expect.poll(async () => (await readAll({ topic: output, partition: 0 })).values).toEqual(['good']);
      await old.close();
      await taker.close();
    });

    it('commits the transaction of a tool that is in no group, until another takes its id', async () => {
      const topic = await topics.create(1);
      const transactionalId = topics.group();
      const [first, second] = [1, 2].map(() => log.transactionalProducer({ transactionalId, timeoutMs: 10_000 }));
      const record = (value: string) => ({ topic, partition: 0, key: null, value });
      await first?.init();
      await first?.commit([record('a')], [], NO_GROUP);
      await second?.init();
      await expect(first?.commit([record('b')], [], NO_GROUP)).rejects.toMatchObject({ code: 'PRODUCER_FENCED' });
      await second?.commit([record('c')], [], NO_GROUP);
      await expect.poll(async () => (await readAll({ topic, partition: 0 })).values).toEqual(['a', 'c']);
      await first?.close();
      await second?.close();
    });

    it('refuses the commit of a member of an old generation', async () => {
      const input = await topics.create(2);
      const output = await topics.create(1);
      const groupId = topics.group();
      let asked = false;
      const first = await join(groupId, [[input]], () => {
        asked = true;
      });
      const joining = join(groupId, [[input]]);
      await expect.poll(() => asked, { timeout: 15_000 }).toBe(true);
      await Promise.all([first.member.join(), joining]);
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      const position = { topic: input, partition: 0, offset: 1, metadata: metadata(1) };
      const zombie = producer.commit(
        [{ topic: output, partition: 0, key: null, value: 'zombie' }],
        [position],
        first.assignment.identity,
      );
      await expect(zombie).rejects.toMatchObject({ code: 'REBALANCED' });
      await producer.close();
      const heir = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await heir.init();
      await heir.close();
      expect((await log.admin().committed(groupId, [{ topic: input, partition: 0 }])).get(`${input}/0`)).toBeNull();
    });

    it('shares partitions out, keeps joined topics together, and leaves nothing behind', async () => {
      const [a, b] = [await topics.create(4), await topics.create(4)];
      const groupId = topics.group();
      let asked = 0;
      const first = await join(groupId, [[a, b]], () => asked++);
      expect(first.assignment.partitions).toHaveLength(8);
      const joining = join(groupId, [[a, b]]);
      await expect.poll(() => asked, { timeout: 15_000 }).toBeGreaterThan(0);
      const [again, second] = await Promise.all([first.member.join(), joining]);
      const all = [...again.partitions, ...second.assignment.partitions].map(partitionKey);
      expect(new Set(all).size).toBe(8);
      for (const { partitions } of [again, second.assignment]) {
        const numbers = (topic: string): number[] =>
          partitions
            .filter((p) => p.topic === topic)
            .map((p) => p.partition)
            .toSorted((x, y) => x - y);
        expect(numbers(a)).toHaveLength(2);
        expect(numbers(b)).toEqual(numbers(a));
      }
    });

    it('refuses a record that is too large and commits nothing of its transaction', async () => {
      const [input, output] = [await topics.create(1), await topics.create(1)];
      const { member, assignment } = await join(topics.group(), [[input]]);
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      const huge = { topic: output, partition: 0, key: null, value: Buffer.alloc(3 << 20) };
      const position = { topic: input, partition: 0, offset: 1, metadata: metadata(1) };
      const small = { topic: output, partition: 0, key: null, value: 'small' };
      await expect(producer.commit([small, huge], [position], assignment.identity)).rejects.toMatchObject({
        code: 'RECORD_REFUSED',
      });
      await producer.close();
      const next = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await next.init();
      await next.commit([small], [], assignment.identity);
      await next.close();
      expect((await member.committed([{ topic: input, partition: 0 }])).get(`${input}/0`) ?? null).toBeNull();
    });

    it('writes records and positions without a transaction where once at least is enough', async () => {
      const [input, output] = [await topics.create(1), await topics.create(1)];
      const at = { topic: input, partition: 0 };
      const { member, assignment } = await join(topics.group(), [[input]]);
      const producer = log.atLeastOnceProducer();
      await producer.init();
      for (const number of [1, 2]) {
        await producer.commit(
          [{ topic: output, partition: 0, key: null, value: `v${number}` }],
          [{ ...at, offset: number * 10, metadata: metadata(number) }],
          assignment.identity,
        );
        // acknowledged is readable: no marker is still to be written, and none ever is
        expect(await readAll({ topic: output, partition: 0 })).toMatchObject({ end: number });
      }
      expect((await member.committed([at])).get(`${input}/0`)).toEqual({ offset: 20, metadata: metadata(2) });
      expect((await readAll({ topic: output, partition: 0 })).values).toEqual(['v1', 'v2']);
      await producer.close();
    });

    it('writes no position, without a transaction, when a record is refused or the member is of an old generation', async () => {
      const [input, output] = [await topics.create(1), await topics.create(1)];
      const at = { topic: input, partition: 0 };
      const position = { ...at, offset: 1, metadata: metadata(1) };
      const record = (value: string | Buffer) => ({ topic: output, partition: 0, key: null, value });
      const groupId = topics.group();
      const { member, assignment } = await join(groupId, [[input]]);
      const producer = log.atLeastOnceProducer();
      await producer.init();
      const huge = producer.commit([record(Buffer.alloc(3 << 20))], [position], assignment.identity);
      await expect(huge).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
      await member.leave();
      await join(groupId, [[input]]);
      const zombie = producer.commit([record('again')], [position], assignment.identity);
      await expect(zombie).rejects.toMatchObject({ code: 'REBALANCED' });
      expect((await log.admin().committed(groupId, [at])).get(`${input}/0`)).toBeNull();
      expect(await readAll({ topic: output, partition: 0 })).toEqual({ values: ['again'], end: 1 });
      await producer.close();
    });

    it('finds offsets by time and tells the bounds', async () => {
      const topic = await topics.create(1);
      const publisher = log.publisher();
      const now = new SystemClock().now();
      await publisher.publish(
        [1, 2, 3].map((i) => ({ topic, partition: 0, key: null, value: `${i}`, timestamp: now + i * 1000 })),
      );
      const source = log.source();
      const at = { topic, partition: 0 };
      expect((await source.offsetsAt([at], now + 2000)).get(`${topic}/0`)).toBe(1);
      expect((await source.offsetsAt([at], now + 9000)).get(`${topic}/0`)).toBe(3);
      expect((await source.bounds([at])).get(`${topic}/0`)).toEqual({ first: 0, lastStable: 3 });
      await publisher.close();
      await source.close();
    });

    it('answers, and speaks all that is asked of it', async () => {
      const admin = log.admin();
      expect(await admin.brokers()).toEqual({ unspoken: [], silent: [] });
      await admin.close();
    });

    it('describes topics that exist and none that do not', async () => {
      const topic = await topics.create(3, { 'message.timestamp.type': 'LogAppendTime' });
      const admin = log.admin();
      const found = await admin.describe([topic, `${topic}-not`]);
      expect([...found.keys()]).toEqual([topic]);
      const config = { 'message.timestamp.type': 'LogAppendTime' };
      expect(found.get(topic)).toMatchObject({ partitions: 3, replicas: 1, config });
      expect(await admin.list()).toContain(topic);
      await admin.close();
    });
  });
}
