import { AppError, SystemClock } from '@millrace/core';
import { StageRunner, type Assignment, type GroupMember, type Log } from '@millrace/stream';
import { TotalsStage } from '@millrace/stream/testing';
import { describe, expect, it } from 'vitest';

import { MemoryLog } from './memory-log.ts';

describe('the runner whose group cannot be joined at first', () => {
  it('joins when it can', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    await log
      .admin()
      .create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    let refusals = 2;
    const unwilling = memberIn(log, (member) => ({
      ...member,
      join: (): Promise<Assignment> =>
        refusals-- > 0 ? Promise.reject(new AppError('LOG_UNAVAILABLE', 'scripted')) : member.join(),
    }));
    const options = {
      stage: new TotalsStage('in', 'out'),
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
    };
    const runner = new StageRunner({ ...options, log: unwilling, dlq: { topic: 'dlq', partitions: 1 } });
    runner.run().catch(() => undefined);
    await log.publisher().publish([{ topic: 'in', partition: 0, key: 'k', value: 'v' }]);
    await expect.poll(() => runner.status().lastCommitAgeMs, { timeout: 4000 }).not.toBeNull();
    await runner.stop();
  });
});

describe('the runner that is frozen while it reads where its group stands', () => {
  it('goes on when another one has meanwhile begun, and does not take its offsets for lost', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    const names = ['in', 'out', 'dlq', 'control'];
    await log.admin().create(names.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const options = (transactionalId: string, ofLog: Log) => ({
      stage: new TotalsStage('in', 'out'),
      log: ofLog,
      groupId: 'g',
      transactionalId,
      clock: new SystemClock(),
      control: 'control',
      dlq: { topic: 'dlq', partitions: 1 },
    });
    const publish = () => log.publisher().publish([{ topic: 'in', partition: 0, key: 'k', value: 'v' }]);
    const thaw = Promise.withResolvers<void>();
    let isFrozen = true;
    const frozenLog = memberIn(log, (member) => ({
      ...member,
      committed: async (partitions) => {
        const committed = await member.committed(partitions);
        if (isFrozen) await member.leave().then(() => thaw.promise); // as the group does when its session is over
        return committed;
      },
    }));
    const frozen = new StageRunner(options('frozen', frozenLog));
    let failure: unknown = null;
    frozen.run().catch((error: unknown) => (failure = error));
    await expect.poll(() => frozen.status().joined, { timeout: 4000 }).toBe(true);
    const other = new StageRunner(options('other', log));
    other.run().catch(() => undefined);
    // two commits, of which the second notes that the group has run
    for (const total of [1, 2]) {
      await publish();
      await expect.poll(() => readOut(log), { timeout: 20_000 }).toHaveLength(total);
    }
    isFrozen = false;
    thaw.resolve();
    await publish();
    await expect.poll(() => readOut(log), { timeout: 20_000 }).toEqual(['k=1', 'k=2', 'k=3']);
    expect(failure).toBeNull();
    await Promise.all([frozen.stop(), other.stop()]);
  });
});

describe('the runner that begins at the end', () => {
  it('begins where that was when it first began, whoever goes on from there', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    const names = ['in', 'out', 'dlq'];
    await log.admin().create(names.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const publish = () => log.publisher().publish([{ topic: 'in', partition: 0, key: 'k', value: 'v' }]);
    const start = (transactionalId: string) => {
      const runner = new StageRunner({
        stage: new TotalsStage('in', 'out'),
        log,
        groupId: 'g',
        transactionalId,
        clock: new SystemClock(),
        from: 'latest',
        dlq: { topic: 'dlq', partitions: 1 },
      });
      runner.run().catch(() => undefined);
      return runner;
    };
    await publish();
    const first = start('first');
    await expect.poll(() => first.status().lastCommitAgeMs, { timeout: 4000 }).not.toBeNull();
    await first.stop();
    await publish();
    const second = start('second');
    await expect.poll(() => readOut(log), { timeout: 4000 }).toEqual(['k=1']);
    await second.stop();
  });
});

/** The log, its members changed. */
function memberIn(log: Log, change: (member: GroupMember) => GroupMember): Log {
  return {
    description: log.description,
    admin: () => log.admin(),
    source: () => log.source(),
    publisher: () => log.publisher(),
    transactionalProducer: (producer) => log.transactionalProducer(producer),
    atLeastOnceProducer: () => log.atLeastOnceProducer(),
    close: () => log.close(),
    member: (wanted) => change(log.member(wanted)),
  };
}

/** What is in the output, in order. */
async function readOut(log: Log): Promise<string[]> {
  const limits = { maxWaitMs: 0, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };
  const chunks = await log.source().fetch([{ topic: 'out', partition: 0, offset: 0 }], limits);
  return chunks.flatMap(({ records }) => records.map(({ value }) => String(value)));
}
