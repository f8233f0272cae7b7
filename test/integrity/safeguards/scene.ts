import type { KafkaLog } from '@millrace/kafka';
import { OpenTransaction } from '@millrace/kafka/testing';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type { GroupMember } from '@millrace/stream';
import { TestTopics } from '@millrace/stream/testing';
import { expect, onTestFinished } from 'vitest';

import { brokers, readCommitted, testLog } from '../test-log.ts';

/** A topic of one partition on the real broker and what happens to it; cleaned up with the test that opened it. */
export class Scene {
  readonly log: KafkaLog = testLog();
  readonly topics = new TestTopics(this.log);
  readonly at: TopicPartition;
  readonly groupId: string;

  private constructor(topic: string, groupId: string) {
    this.at = { topic, partition: 0 };
    this.groupId = groupId;
  }

  static async open(): Promise<Scene> {
    const maker = testLog();
    const topics = new TestTopics(maker);
    const scene = new Scene(await topics.create(1), topics.group());
    onTestFinished(async () => {
      await scene.log.close();
      await topics.delete();
      await maker.close();
    });
    return scene;
  }

  record(value: string, key: string | Uint8Array | null = null): OutboundRecord {
    return { ...this.at, key, value };
  }

  async begin(transactionalId = this.topics.group()): Promise<OpenTransaction> {
    const transaction = await OpenTransaction.begin(brokers(), transactionalId);
    onTestFinished(() => transaction.close());
    return transaction;
  }

  member(instanceId?: string): GroupMember {
    const inputs = [[this.at.topic]];
    const options = { groupId: this.groupId, inputs, sessionTimeoutMs: 6000, onRebalance: () => undefined };
    return this.log.member(instanceId === undefined ? options : { ...options, instanceId });
  }

  async lastStable(): Promise<number> {
    const source = this.log.source();
    const bounds = (await source.bounds([this.at])).get(partitionKey(this.at));
    await source.close();
    return bounds?.lastStable ?? 0;
  }

  /** What is read of the partition, once all its transactions are over: their markers are written a little later. */
  async read(upTo: number): Promise<readonly string[]> {
    await expect.poll(() => this.lastStable(), { timeout: 10_000 }).toBe(upTo);
    return (await readCommitted(this.log, this.at)).map(({ value }) => String(value));
  }

  async committed(): Promise<number | null> {
    const admin = this.log.admin();
    const found = (await admin.committed(this.groupId, [this.at])).get(partitionKey(this.at));
    await admin.close();
    return found?.offset ?? null;
  }
}
