import { ManualClock } from '@millrace/core/testing';
import { markerText } from '@millrace/stream/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { MemoryBroker } from './memory-broker.ts';

const AT = { topic: 't', partition: 0 };
const JOIN = { instanceId: null, inputs: [['t']], owned: [], sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 30_000 };
const record = (value: string) => ({ ...AT, key: null, value });
const position = (offset: number) => ({
  ...AT,
  offset,
  metadata: markerText(1, offset),
});
/** Lets promise jobs run that a clock's wake has queued. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('MemoryBroker', () => {
  let clock: ManualClock;
  let told: (() => void)[];
  let tellsLate: boolean;
  let broker: MemoryBroker;

  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    tellsLate = false;
    broker = new MemoryBroker({
      clock,
      tellEnd: (_, tell) => {
        if (tellsLate) told.push(tell);
        else tell();
      },
      trims: () => true,
    });
    broker.topics.create({ topic: 't', partitions: 1, replication: null, config: {} });
  });

  const values = async (offset = 0): Promise<readonly string[]> => {
    const limits = { maxWaitMs: 0, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };
    const fetched = broker.topics.fetch([{ ...AT, offset }], limits);
    clock.advance(0);
    return (await fetched).flatMap(({ records }) => records.map(({ value }) => String(value)));
  };
  const open = (id: string, value: string) => {
    const producer = broker.transactions.init(id, 1000);
    broker.addPartitions(producer, [AT]);
    broker.produce(producer, [record(value)]);
    return producer;
  };

  it('aborts a transaction that is open beyond its time-out, and fences its producer', async () => {
    const producer = open('a', 'late');
    broker.publish([record('behind it')]);
    clock.advance(999);
    await settle();
    expect(await values()).toEqual([]);
    clock.advance(1);
    await settle();
    expect(await values()).toEqual(['behind it']);
    expect(() => broker.transactions.end(producer, true)).toThrow('INVALID_PRODUCER_EPOCH');
  });

  it('refuses what comes for a transaction that is over', () => {
    const producer = open('a', 'x');
    broker.transactions.end(producer, false);
    expect(() => broker.produce(producer, [record('zombie')])).toThrow('INVALID_TXN_STATE');
  });

  it('keeps an id busy, and its readers waiting, until all have been told how its transaction ended', async () => {
    const { identity } = await broker.group('g').join({ ...JOIN, memberId: broker.group('g').issueMemberId() });
    const producer = open('a', 'x');
    broker.addOffsets(producer, 'g');
    broker.commitOffsets(producer, identity, [position(1)]);
    tellsLate = true;
    broker.transactions.end(producer, true);
    expect(() => broker.addPartitions(producer, [AT])).toThrow('CONCURRENT_TRANSACTIONS');
    expect(() => broker.transactions.init('a', 1000)).toThrow('CONCURRENT_TRANSACTIONS');
    expect(() => broker.group('g').offsets.stable([AT])).toThrow('UNSTABLE_OFFSET_COMMIT');
    expect(await values()).toEqual([]);
    for (const tell of told) tell();
    expect(broker.group('g').offsets.stable([AT]).get('t/0')?.offset).toBe(1);
    expect(broker.transactions.init('a', 1000).epoch).toBe(2);
  });

  it('forgets nothing that a transaction still open may bring', async () => {
    const { identity } = await broker.group('g').join({ ...JOIN, memberId: broker.group('g').issueMemberId() });
    const writer = open('a', 'open');
    const committer = broker.transactions.init('b', 1000);
    broker.addOffsets(committer, 'g');
    broker.commitOffsets(committer, identity, [position(1)]);
    broker.transactions.end(committer, true);
    broker.transactions.end(writer, true);
    expect(broker.topics.partition(AT).first).toBe(0);
    expect(await values()).toEqual(['open']);
  });

  it('goes on without a member that sends heartbeats and does not join again in time', async () => {
    const group = broker.group('g');
    const slow = (await group.join({ ...JOIN, memberId: group.issueMemberId() })).identity;
    const joining = group.join({ ...JOIN, memberId: group.issueMemberId() });
    for (let passed = 0; passed < 30_000; passed += 5000) {
      expect(() => group.heartbeat(slow)).toThrow('REBALANCE_IN_PROGRESS');
      clock.advance(5000);
      await settle();
    }
    expect((await joining).partitions).toEqual([AT]);
    expect(() => group.heartbeat(slow)).toThrow('UNKNOWN_MEMBER_ID');
  });
});
