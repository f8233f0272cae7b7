import { ManualClock } from '@millrace/core/testing';
import { MemoryLog } from '@millrace/memory-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LagWatch } from './lag-watch.ts';

const AT = { topic: 'p.ledger', partition: 0 };

describe('LagWatch', () => {
  let clock: ManualClock;
  let log: MemoryLog;
  let watch: LagWatch;

  beforeEach(async () => {
    clock = new ManualClock();
    log = new MemoryLog({ clock });
    await log.admin().create([{ topic: AT.topic, partitions: 1, replication: null, config: {} }]);
  });

  const publish = (key: string, value: string) => log.publisher().publish([{ ...AT, key, value }]);

  async function commit(groupId: string, offset: number): Promise<void> {
    const producer = log.transactionalProducer({ transactionalId: 'x', timeoutMs: 1000 });
    const member = log.member({ groupId, inputs: [[AT.topic]], sessionTimeoutMs: 1000, onRebalance: () => undefined });
    const { identity } = await member.join();
    await producer.init();
    await producer.commit([], [{ ...AT, offset, metadata: '' }], identity);
    await member.leave();
  }

  afterEach(() => watch.close());

  async function lagOf(...groupIds: string[]): Promise<number> {
    watch = new LagWatch(
      log,
      clock,
      groupIds.map((groupId) => ({ groupId, partitions: [AT] })),
    );
    watch.start();
    await new Promise((resolve) => setImmediate(resolve));
    return watch.lag;
  }

  it('says how far the group furthest behind is behind', async () => {
    for (const value of ['1', '2', '3', '4']) await publish('k', value);
    await commit('near', 3);
    await commit('far', 1);
    expect(await lagOf('near', 'far')).toBe(3);
  });

  it('leaves out a group that never ran', async () => {
    await publish('k', '1');
    expect(await lagOf('nobody')).toBe(0);
  });

  it('looks again every second', async () => {
    await commit('g', 0);
    expect(await lagOf('g')).toBe(0);
    await publish('k', '1');
    clock.advance(1000);
    await expect.poll(() => watch.lag).toBe(1);
  });
});
