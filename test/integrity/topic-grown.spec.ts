import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { growTopic } from '@millrace/kafka/testing';
import { partitionKey } from '@millrace/records';
import type { Assignment, GroupMember } from '@millrace/stream';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokers } from './test-log.ts';

const POLL = { timeout: 10_000 };

/** A member that joins again when it is asked to, as the engine does. */
class Rejoining {
  partitions: readonly string[] = [];
  readonly #member: GroupMember;

  constructor(log: KafkaLog, options: { groupId: string; inputs: string[][]; instanceId?: string }) {
    this.#member = log.member({ ...options, sessionTimeoutMs: 6000, onRebalance: () => void this.join() });
  }

  async join(): Promise<void> {
    const assignment: Assignment = await this.#member.join();
    this.partitions = assignment.partitions.map(partitionKey);
  }

  close(): Promise<void> {
    return this.#member.close();
  }
}

describe('a topic that grows', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let topic: string;
  let groupId: string;

  beforeEach(async () => {
    log = new KafkaLog({ brokers: brokers(), clientId: 'test', clock: new SystemClock(), metadataMaxAgeMs: 200 });
    topics = new TestTopics(log);
    topic = await topics.create(2);
    groupId = topics.group();
  });

  afterEach(async () => {
    await topics.delete();
    await log.close();
  });

  const all = (count: number): string[] => Array.from({ length: count }, (_, i) => `${topic}/${i}`);

  it('has its new partitions shared out among the members that are there', async () => {
    const [first, second] = [1, 2].map(() => new Rejoining(log, { groupId, inputs: [[topic]] })) as [
      Rejoining,
      Rejoining,
    ];
    await first.join();
    await second.join();
    const held = (): string[] => [...first.partitions, ...second.partitions].toSorted();
    await expect.poll(held, POLL).toEqual(all(2));
    await growTopic(brokers(), topic, 6);
    await expect.poll(held, POLL).toEqual(all(6));
    expect(first.partitions).toHaveLength(3);
  });

  it('has them shared out as well where it grew while the leader, a static member, was away', async () => {
    const options = { groupId, inputs: [[topic]], instanceId: 'a' };
    const before = new Rejoining(log, options);
    await before.join();
    await before.close();
    await growTopic(brokers(), topic, 3);
    const after = new Rejoining(log, options);
    await after.join();
    await expect.poll(() => after.partitions.toSorted(), POLL).toEqual(all(3));
  });
});
