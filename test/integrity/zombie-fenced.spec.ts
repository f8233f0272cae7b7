import type { KafkaLog } from '@millrace/kafka';
import { OpenTransaction } from '@millrace/kafka/testing';
import type { GroupMember } from '@millrace/stream';
import { TestTopics } from '@millrace/stream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokers, testLog } from './test-log.ts';

describe('a zombie', () => {
  let log: KafkaLog;
  let topics: TestTopics;
  let input: string;
  let groupId: string;
  const members: GroupMember[] = [];
  const open: OpenTransaction[] = [];

  beforeEach(async () => {
    log = testLog();
    topics = new TestTopics(log);
    input = await topics.create(1);
    groupId = topics.group();
  });

  afterEach(async () => {
    for (const transaction of open.splice(0)) transaction.close();
    for (const member of members.splice(0)) await member.leave().catch(() => undefined);
    await topics.delete();
    await log.close();
  });

  const member = (): GroupMember => {
    const made = log.member({ groupId, inputs: [[input]], sessionTimeoutMs: 6000, onRebalance: () => undefined });
    members.push(made);
    return made;
  };
  const begin = async (): Promise<OpenTransaction> => {
    const transaction = await OpenTransaction.begin(brokers(), topics.group());
    open.push(transaction);
    return transaction;
  };
  const at = { topic: '', partition: 0 };
  const position = (offset: number) => ({ ...at, topic: input, offset, metadata: `m${offset}` });

  it('that left the group in the middle of its transaction cannot commit its positions', async () => {
    const zombie = member();
    const { identity } = await zombie.join();
    const transaction = await begin();
    await zombie.leave();
    await member().join();
    await expect(transaction.sendPositions([position(77)], identity)).rejects.toMatchObject({
      type: 'UNKNOWN_MEMBER_ID',
    });
    await transaction.end('abort');
    expect((await log.admin().committed(groupId, [position(0)])).get(`${input}/0`)).toBeNull();
  });

  it('whose positions are pending makes the next owner wait until it is known what they are', async () => {
    const owner = member();
    const { identity } = await owner.join();
    const transaction = await begin();
    await transaction.sendPositions([position(99)], identity);
    let answered = false;
    const asked = owner.committed([position(0)]).then((found) => {
      answered = true;
      return found.get(`${input}/0`);
    });
    // a question that is answered later than several rounds of the first one
    await log.source().bounds([position(0)]);
    await log.admin().list();
    expect(answered).toBe(false);
    await transaction.end('commit');
    expect(await asked).toEqual({ offset: 99, metadata: 'm99' });
  });

  it('gives up waiting for positions when the group moves on', async () => {
    const owner = member();
    const { identity } = await owner.join();
    const transaction = await begin();
    await transaction.sendPositions([position(5)], identity);
    const asked = owner.committed([position(0)]);
    const joining = member().join();
    await expect(asked).rejects.toMatchObject({ code: 'REBALANCED' });
    await transaction.end('abort');
    await owner.join();
    await joining;
  });
});
