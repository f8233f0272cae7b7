import { AppError, SystemClock } from '@millrace/core';
import { StageRunner } from '@millrace/stream';
import { markerText, TotalsStage } from '@millrace/stream/testing';
import { afterEach, describe, expect, it } from 'vitest';

import type { FaultPoint, Faults } from './faults.ts';
import { MemoryLog } from './memory-log.ts';

const RECORDS = 2000;

/** Fails at one point every `every`th time it is reached. */
function failing(at: FaultPoint, every: number, code: 'LOG_UNAVAILABLE' | 'REBALANCED') {
  let reached = 0;
  let failed = 0;
  return {
    faults: (point: FaultPoint, subject: string): void => {
      if (point !== at || subject.includes('out') || ++reached % every !== 0) return;
      failed++;
      throw new AppError(code, `scripted ${at}`);
    },
    failures: () => failed,
  };
}

describe('the runner under faults of the log', () => {
  let runner: StageRunner | undefined;

  afterEach(() => runner?.stop());

  /** Totals of all records after a run in which the log failed as scripted. */
  const totals = async (faults: Faults, delivery?: 'at_least_once'): Promise<string[]> => {
    const log = new MemoryLog({ clock: new SystemClock(), faults });
    await log
      .admin()
      .create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 2, replication: null, config: {} })));
    runner = new StageRunner({
      stage: new TotalsStage('in', 'out'),
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
      dlq: { topic: 'dlq', partitions: 1 },
      limits: { batchRecords: 100, fetchWaitMs: 10 },
      ...(delivery && { delivery }),
    });
    runner.run().catch(() => undefined);
    const records = Array.from({ length: RECORDS }, (_, i) => ({
      topic: 'in',
      partition: i % 2,
      key: `k${i % 10}`,
      value: 'v',
    }));
    await log.publisher().publish(records);
    const read = (): Promise<string[]> => readAll(log);
    await expect
      .poll(async () => new Set(await read()).size, { timeout: 20_000, interval: 20 })
      .toBeGreaterThanOrEqual(RECORDS);
    return read();
  };

  const expected = Array.from({ length: RECORDS }, (_, i) => `k${i % 10}=${Math.floor(i / 10) + 1}`).toSorted();

  it.each([
    ['the reply to a commit is lost', 'after-commit', 'LOG_UNAVAILABLE'],
    ['a commit does not reach the log', 'before-commit', 'LOG_UNAVAILABLE'],
    ['the group moves on while committing', 'before-commit', 'REBALANCED'],
    ['the producer cannot be had at once', 'before-init', 'LOG_UNAVAILABLE'],
    ['a fetch fails', 'before-fetch', 'LOG_UNAVAILABLE'],
  ] as const)('neither loses nor doubles when %s', async (_, point, code) => {
    const script = failing(point, point === 'before-init' ? 1 : 3, code);
    let inits = 0;
    const found = await totals((at, subject) => {
      if (at !== 'before-init' || ++inits <= 2) script.faults(at, subject);
    });
    expect(found.toSorted()).toEqual(expected);
    expect(script.failures()).toBeGreaterThan(0);
  });

  it('loses nothing at least once, and repeats a total where only the reply to its commit is lost', async () => {
    const script = failing('before-positions', 3, 'LOG_UNAVAILABLE');
    const found = await totals(script.faults, 'at_least_once');
    expect([...new Set(found)].toSorted()).toEqual(expected);
    expect(found.length).toBeGreaterThan(expected.length);
    expect(script.failures()).toBeGreaterThan(0);
  });

  it('stops with an error when the log has lost the committed offset', async () => {
    const failure = { code: 'OFFSET_OUT_OF_RANGE' };
    const log = new MemoryLog({
      clock: new SystemClock(),
      faults: (point) => {
        if (point === 'before-fetch') throw new AppError('OFFSET_OUT_OF_RANGE', 'scripted');
      },
    });
    await log
      .admin()
      .create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const stage = new TotalsStage('in', 'out');
    const options = {
      stage,
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
      dlq: { topic: 'dlq', partitions: 1 },
    };
    await expect(new StageRunner(options).run()).rejects.toMatchObject(failure);
  });
});

async function readAll(log: MemoryLog, partitions = [0, 1]): Promise<string[]> {
  const source = log.source();
  const values: string[] = [];
  for (const partition of partitions) {
    for (let offset = 0; ;) {
      const [chunk] = await source.fetch([{ topic: 'out', partition, offset }], {
        maxWaitMs: 0,
        maxBytes: 1 << 24,
        maxBytesPerPartition: 1 << 24,
      });
      if (!chunk) break;
      values.push(...chunk.records.map((record) => String(record.value)));
      offset = chunk.next;
    }
  }
  return values;
}

describe('the runner whose outputs are refused', () => {
  it('gives the culprit up alone, and ends when even its dead letter is refused', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    const topics = [
      ['in', {}],
      ['out', { 'max.message.bytes': '8' }],
      ['dlq', {}],
    ] as const;
    await log.admin().create(topics.map(([topic, config]) => ({ topic, partitions: 1, replication: null, config })));
    const keys = ['a', 'b', 'much-too-long', 'c'];
    await log.publisher().publish(keys.map((key) => ({ topic: 'in', partition: 0, key, value: 'v' })));
    const options = {
      stage: new TotalsStage('in', 'out'),
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
    };
    const runner = new StageRunner({ ...options, dlq: { topic: 'dlq', partitions: 1 } });
    runner.run().catch(() => undefined);
    await expect.poll(async () => (await readAll(log, [0])).length, { timeout: 4000 }).toBe(3);
    expect(await readAll(log, [0])).toEqual(['a=1', 'b=1', 'c=1']);
    await runner.stop();
    const small = new StageRunner({
      ...options,
      stage: new TotalsStage('in', 'out'),
      groupId: 'g2',
      dlq: { topic: 'out', partitions: 1 },
    });
    await expect(small.run()).rejects.toMatchObject({ code: 'DEAD_LETTER_REFUSED' });
  });
});

describe('the runner whose log no longer reaches back to its state', () => {
  const restarted = async (from?: 'earliest') => {
    const log = new MemoryLog({ clock: new SystemClock(), trims: (topic) => topic === 'in' });
    const admin = log.admin();
    await admin.create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const options = {
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
      dlq: { topic: 'dlq', partitions: 1 },
    };
    const publish = (count: number) =>
      log
        .publisher()
        .publish(Array.from({ length: count }, () => ({ topic: 'in', partition: 0, key: 'k', value: 'v' })));
    const first = new StageRunner({ ...options, stage: new TotalsStage('in', 'out') });
    first.run().catch(() => undefined);
    await publish(10);
    await expect.poll(async () => (await readAll(log, [0])).length, { timeout: 4000 }).toBe(10);
    await first.stop();
    // somebody else's group lets the log forget the first five
    const position = {
      topic: 'in',
      partition: 0,
      offset: 5,
      metadata: markerText(1, 5),
    };
    const other = log.member({
      groupId: 'other',
      inputs: [['in']],
      sessionTimeoutMs: 1000,
      onRebalance: () => undefined,
    });
    const producer = log.transactionalProducer({ transactionalId: 'other', timeoutMs: 1000 });
    await producer.init();
    await producer.commit([], [position], (await other.join()).identity);
    const second = new StageRunner({
      ...options,
      stage: new TotalsStage('in', 'out'),
      ...(from === undefined ? {} : { from }),
    });
    return { log, publish, second };
  };

  it('stops, and says from where', async () => {
    const { second } = await restarted();
    await expect(second.run()).rejects.toMatchObject({
      code: 'STATE_GAP',
      message: expect.stringContaining('the log at 5'),
    });
  });

  it('goes on with what is left where that was said', async () => {
    const { log, publish, second } = await restarted('earliest');
    second.run().catch(() => undefined);
    await publish(1);
    await expect.poll(async () => (await readAll(log, [0])).at(-1), { timeout: 4000 }).toBe('k=6');
    await second.stop();
  });
});

describe('the runner whose log no longer has the committed offset', () => {
  it('goes on at an end of the log where the pipeline says so', async () => {
    let outOfRange = 1;
    const log = new MemoryLog({
      clock: new SystemClock(),
      faults: (point, subject) => {
        if (point === 'before-fetch' && subject.includes('in') && outOfRange-- > 0)
          throw new AppError('OFFSET_OUT_OF_RANGE', 'scripted');
      },
    });
    const names = ['in', 'out', 'dlq'];
    await log.admin().create(names.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    await log.publisher().publish([{ topic: 'in', partition: 0, key: 'k', value: 'v' }]);
    const options = {
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
      onOutOfRange: 'earliest',
    } as const;
    const dlq = { topic: 'dlq', partitions: 1 };
    const runner = new StageRunner({ ...options, dlq, stage: new TotalsStage('in', 'out') });
    runner.run().catch(() => undefined);
    await expect.poll(() => readAll(log, [0]), { timeout: 4000 }).toEqual(['k=1']);
    await runner.stop();
  });
});
