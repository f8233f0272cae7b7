import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Assignment, GroupIdentity, GroupMember } from '../ports/group-member.ts';
import type { Log } from '../ports/log.ts';
import type { CommitPosition } from '../ports/transactional-producer.ts';
import { markerText } from './marker-text.ts';
import { TestTopics } from './test-topics.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** A transaction that is held open between its steps, as a producer that was stopped there leaves it. */
export interface HeldTransaction {
  send(records: readonly OutboundRecord[]): Promise<void>;
  sendPositions(positions: readonly CommitPosition[], group: GroupIdentity): Promise<void>;
  end(outcome: 'commit' | 'abort'): Promise<void>;
  close(): void;
}

/** What every `Log` keeps while transactions are open. Steps come one by one, which the port itself does not offer. */
export function transactionContract(
  name: string,
  open: () => Promise<Log>,
  begin: (transactionalId: string) => Promise<HeldTransaction>,
): void {
  describe(`${name} with open transactions`, () => {
    let log: Log;
    let topics: TestTopics;
    let at: TopicPartition;
    let member: GroupMember;
    let assignment: Assignment;
    const held: HeldTransaction[] = [];

    beforeEach(async () => {
      log = await open();
      topics = new TestTopics(log);
      at = { topic: await topics.create(1), partition: 0 };
      const groupId = topics.group();
      member = log.member({ groupId, inputs: [[at.topic]], sessionTimeoutMs: 10_000, onRebalance: () => undefined });
      assignment = await member.join();
    });

    afterEach(async () => {
      for (const transaction of held.splice(0)) transaction.close();
      await member.leave();
      await member.close();
      await topics.delete();
      await log.close();
    });

    const hold = async (transactionalId = topics.group()): Promise<HeldTransaction> => {
      const transaction = await begin(transactionalId);
      held.push(transaction);
      return transaction;
    };
    const record = (value: string): OutboundRecord => ({ ...at, key: null, value });
    const position = (offset: number): CommitPosition => ({
      ...at,
      offset,
      metadata: markerText(offset),
    });
    const committed = async (): Promise<number | null> =>
      (await member.committed([at])).get(partitionKey(at))?.offset ?? null;

    /** Offsets and values that a reader of committed records finds, and where it ends. */
    const read = async (): Promise<string> => {
      const source = log.source();
      const end = (await source.bounds([at])).get(partitionKey(at))?.lastStable ?? 0;
      const found: string[] = [];
      let offset = 0;
      while (offset < end) {
        for (const chunk of await source.fetch([{ ...at, offset }], LIMITS)) {
          found.push(...chunk.records.map((one) => `${one.offset}:${String(one.value)}`));
          offset = chunk.next;
        }
      }
      await source.close();
      return [...found, `end ${offset}`].join(' ');
    };

    it('ends readers before the first record of the one that began first', async () => {
      const [a, b] = [await hold(), await hold()];
      await a.send([record('a')]);
      await b.send([record('b')]);
      await b.end('commit');
      expect(await read()).toBe('end 0');
      await a.end('commit');
      await expect.poll(read).toBe('0:a 1:b end 4');
    });

    it('leaves out aborted records, and counts the offsets of all ends', async () => {
      const [a, b] = [await hold(), await hold()];
      await a.send([record('a aborted')]);
      await b.send([record('b')]);
      await a.end('abort');
      await a.send([record('a')]);
      await a.end('commit');
      await b.end('commit');
      await expect.poll(read).toBe('1:b 3:a end 6');
    });

    it('keeps a group waiting for positions that are pending', async () => {
      const a = await hold();
      await a.sendPositions([position(3)], assignment.identity);
      const waiting = committed();
      // whatever is answered at once is answered before a whole transaction is
      const another = await hold();
      await another.send([record('meanwhile')]);
      await another.end('commit');
      expect(await Promise.race([waiting, Promise.resolve('waits')])).toBe('waits');
      await a.end('commit');
      expect(await waiting).toBe(3);
    });

    it('forgets positions that were aborted', async () => {
      const a = await hold();
      await a.sendPositions([position(3)], assignment.identity);
      await a.end('abort');
      expect(await committed()).toBeNull();
    });

    it('aborts what is open when another producer takes the id, and refuses the end of the old one', async () => {
      const id = topics.group();
      const old = await hold(id);
      await old.send([record('old')]);
      await old.sendPositions([position(3)], assignment.identity);
      const taker = await hold(id);
      await expect(old.end('commit')).rejects.toThrow();
      await expect(old.send([record('zombie')])).rejects.toThrow();
      await taker.send([record('new')]);
      await taker.end('commit');
      expect(await committed()).toBeNull();
      await expect.poll(read).toBe('2:new end 4');
    });

    it('answers an end that is asked for again as before, and refuses another one', async () => {
      const a = await hold();
      await a.send([record('a')]);
      await a.end('commit');
      await a.end('commit');
      await expect(a.end('abort')).rejects.toThrow();
      await expect.poll(read).toBe('0:a end 2');
    });
  });
}
