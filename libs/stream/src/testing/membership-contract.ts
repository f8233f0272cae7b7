import type { AppError } from '@millrace/core';
import { partitionKey } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Assignment, GroupMember } from '../ports/group-member.ts';
import type { Log } from '../ports/log.ts';
import { markerText } from './marker-text.ts';
import { TestTopics } from './test-topics.ts';

/** The shortest that a broker takes unless it is told otherwise. */
const SESSION_MS = 6000;
const PARTITIONS = 4;

/** Who is in a group, as every `Log` sees it: sessions that end, and members with lasting names. */
export function membershipContract(name: string, open: () => Promise<Log>): void {
  describe(`${name} as a group`, () => {
    let log: Log;
    let topics: TestTopics;
    let topic: string;
    let groupId: string;
    const members: GroupMember[] = [];

    beforeEach(async () => {
      log = await open();
      topics = new TestTopics(log);
      topic = await topics.create(PARTITIONS);
      groupId = topics.group();
    });

    afterEach(async () => {
      for (const member of members) await member.leave().catch(() => undefined);
      for (const member of members.splice(0)) await member.close();
      await topics.delete();
      await log.close();
    });

    const start = (instanceId?: string, onRebalance: (reason: AppError) => void = () => undefined): GroupMember => {
      const names = instanceId === undefined ? {} : { instanceId };
      const member = log.member({ groupId, inputs: [[topic]], sessionTimeoutMs: SESSION_MS, onRebalance, ...names });
      members.push(member);
      return member;
    };

    const commit = async ({ identity }: Assignment): Promise<void> => {
      const producer = log.transactionalProducer({ transactionalId: topics.group(), timeoutMs: 10_000 });
      await producer.init();
      const metadata = markerText(1);
      try {
        await producer.commit([], [{ topic, partition: 0, offset: 1, metadata }], identity);
      } finally {
        await producer.close();
      }
    };

    const names = ({ partitions }: Assignment): readonly string[] => partitions.map(partitionKey).toSorted();

    it('gives the partitions of a silent member to another when its session is over, and not before', async () => {
      const silent = start();
      const before = await silent.join();
      await silent.close();
      const startedAt = performance.now();
      const after = await start().join();
      expect(performance.now() - startedAt).toBeGreaterThan(SESSION_MS / 2);
      expect(names(after)).toEqual(names(before));
      await expect(commit(before)).rejects.toMatchObject({ code: 'REBALANCED' });
    });

    it('gives a member with a lasting name its partitions back, and nobody else notices', async () => {
      let [asked, disturbed] = [false, 0];
      const first = start('a', () => (asked = true));
      await first.join();
      const joining = start('b', () => disturbed++).join();
      await expect.poll(() => asked, { timeout: 2 * SESSION_MS }).toBe(true);
      const [before, second] = await Promise.all([first.join(), joining]);
      await first.close();
      const after = await start('a').join();
      expect(names(after)).toEqual(names(before));
      expect(after.identity.generation).toBe(before.identity.generation);
      expect(disturbed).toBe(0);
      await commit(second);
    });

    it('says from outside who is in it', async () => {
      const admin = log.admin();
      const ids = async (): Promise<readonly string[]> => (await admin.members(groupId)).toSorted();
      expect(await ids()).toEqual([]);
      let asked = false;
      const first = start(undefined, () => (asked = true));
      const { identity } = await first.join();
      expect(await ids()).toEqual([identity.memberId]);
      const joining = start('b').join();
      await expect.poll(() => asked, { timeout: 2 * SESSION_MS }).toBe(true);
      const [again, other] = await Promise.all([first.join(), joining]);
      expect(await ids()).toEqual([again.identity.memberId, other.identity.memberId].toSorted());
      await first.leave();
      await expect.poll(ids).toEqual([other.identity.memberId]);
      await admin.close();
    });

    it('lets the second process under a lasting name take the place of the first, which is told', async () => {
      const reasons: string[] = [];
      const first = start('a', ({ code }) => reasons.push(code));
      const before = await first.join();
      const after = await start('a').join();
      expect(names(after)).toEqual(names(before));
      await expect(commit(before)).rejects.toMatchObject({ code: 'INSTANCE_FENCED' });
      await expect.poll(() => reasons, { timeout: 2 * SESSION_MS }).toContain('INSTANCE_FENCED');
      await expect(first.join()).rejects.toMatchObject({ code: 'INSTANCE_FENCED' });
      await commit(after);
    });
  });
}
