import { SystemClock } from '@millrace/core';
import type { GroupMember } from '@millrace/stream';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker, type Api } from '../testing/scripted-broker.ts';
import type { WireReader } from '../wire/wire-reader.ts';

const AT = { topic: 't', partition: 0 };

interface Codes {
  readonly join?: number[];
  readonly sync?: number[];
  readonly offsets?: number[];
}

/** The member id that a JoinGroup names. */
function memberIdIn(body: WireReader): string {
  body.string(); // group
  body.int32(); // session time-out
  body.int32(); // rebalance time-out
  return body.string() ?? '';
}

/** Answers each request with the next of its codes, and with none when they are used up. */
async function memberOn({ join = [], sync = [], offsets = [] }: Codes) {
  const joinedAs: string[] = [];
  const broker = await ScriptedBroker.listen((api, body) => {
    if (api === 'OffsetFetch') return ANSWERS.offsetFetch(offsets.shift() ?? 0, 5);
    if (api === 'SyncGroup') return ANSWERS.syncGroup(sync.shift() ?? 0);
    if (api !== 'JoinGroup') return ANSWERS.heartbeat(0);
    joinedAs.push(memberIdIn(body));
    return ANSWERS.joinGroup(join.shift() ?? 0, `m${joinedAs.length}`);
  });
  const log = new KafkaLog({ brokers: [broker.address], clientId: 'test', clock: new SystemClock() });
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  const options = { groupId: 'g', inputs: [['t']], sessionTimeoutMs: 6000, onRebalance: () => undefined };
  const member: GroupMember = log.member(options);
  const asked = (): readonly Api[] => broker.asked.filter((api) => api !== 'Heartbeat');
  return { member, joinedAs, asked };
}

describe('a member that joins', () => {
  it('does so with the id that the broker has given it (KIP-394)', async () => {
    const { member, joinedAs } = await memberOn({ join: [79] });
    expect((await member.join()).identity).toMatchObject({ generation: 1, memberId: 'm2' });
    expect(joinedAs).toEqual(['', 'm1']);
  });

  it.each([14, 15, 16])('asks again while the coordinator starts or moves (%i)', async (code) => {
    const { member, asked } = await memberOn({ join: [code, code] });
    await member.join();
    expect(asked()).toEqual(['JoinGroup', 'JoinGroup', 'JoinGroup', 'SyncGroup']);
  });

  it('begins anew where the group has forgotten it', async () => {
    const { member, joinedAs } = await memberOn({ join: [0, 25] });
    await member.join();
    await member.join();
    expect(joinedAs).toEqual(['', 'm1', '']);
  });

  it('joins once more, as who it is, where the group has moved on meanwhile', async () => {
    const { member, joinedAs, asked } = await memberOn({ sync: [27] });
    await member.join();
    expect(joinedAs).toEqual(['', 'm1']);
    expect(asked()).toEqual(['JoinGroup', 'SyncGroup', 'JoinGroup', 'SyncGroup']);
  });

  it.each([
    [82, 'INSTANCE_FENCED', 'another has its instance id'],
    [23, 'LOG_REFUSES', 'the group is not one of Millrace'],
    [30, 'RIGHTS_MISSING', 'it may not read the group'],
  ])('gives up at once on %i, %s: %s', async (code, expected) => {
    const { member, asked } = await memberOn({ join: [code] });
    await expect(member.join()).rejects.toMatchObject({ code: expected });
    expect(asked()).toEqual(['JoinGroup']);
  });
});

describe('committed positions', () => {
  it('are asked for until no transaction is about to change them, and while the coordinator settles', async () => {
    const { member, asked } = await memberOn({ offsets: [88, 14, 88] });
    expect((await member.committed([AT])).get('t/0')).toEqual({ offset: 5, metadata: 'm' });
    expect(asked()).toEqual(['OffsetFetch', 'OffsetFetch', 'OffsetFetch', 'OffsetFetch']);
  });
});
