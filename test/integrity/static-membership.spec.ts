import type { KafkaLog } from '@millrace/kafka';
import { partitionKey } from '@millrace/records';
import type { GroupMember } from '@millrace/stream';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { testLog } from './test-log.ts';

describe('a static member', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let input: string;
  let groupId: string;

  beforeEach(async () => {
    log = testLog();
    topics = new TestTopics(log);
    input = await topics.create(4);
    groupId = topics.group();
  });

  afterEach(async () => {
    await topics.delete();
    await log.close();
  });

  const member = (instanceId: string, onRebalance: (reason: { code: string }) => void = () => undefined): GroupMember =>
    log.member({ groupId, inputs: [[input]], instanceId, sessionTimeoutMs: 6000, onRebalance });

  it('gets its partitions back after a restart, and its neighbour notices nothing', async () => {
    let asked = false;
    const reasons: string[] = [];
    const first = member('a', () => {
      asked = true;
    });
    const neighbour = member('b', ({ code }) => reasons.push(code));
    await first.join();
    const joining = neighbour.join();
    await expect.poll(() => asked, { timeout: 5000 }).toBe(true);
    const settled = await Promise.all([first.join(), joining]);
    expect(settled.map(({ partitions }) => partitions.length)).toEqual([2, 2]);
    await first.close();
    const again = await member('a').join();
    expect(again.partitions.map(partitionKey).toSorted()).toEqual(settled[0].partitions.map(partitionKey).toSorted());
    expect(again.identity.generation).toBe(settled[0].identity.generation);
    expect(reasons).toEqual([]);
  });

  it('that leaves for good gives its partitions back at once, long before its session ends', async () => {
    const asked: string[] = [];
    const leaver = member('a', () => asked.push('a'));
    const neighbour = member('b', () => asked.push('b'));
    await leaver.join();
    const joining = neighbour.join();
    await expect.poll(() => asked, { timeout: 5000 }).toContain('a');
    await Promise.all([leaver.join(), joining]);
    await leaver.leave();
    await expect.poll(() => asked, { timeout: 3000 }).toContain('b');
    expect((await neighbour.join()).partitions).toHaveLength(4);
  });

  it('is fenced for good when another process takes its instance id', async () => {
    let reason: { code: string } | null = null;
    const old = member('a', (found) => {
      reason = found;
    });
    await old.join();
    await member('a').join();
    await expect.poll(() => reason?.code, { timeout: 5000 }).toBe('INSTANCE_FENCED');
    await expect(old.join()).rejects.toMatchObject({ code: 'INSTANCE_FENCED' });
  });
});
