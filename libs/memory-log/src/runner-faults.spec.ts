import { AppError, SystemClock } from '@millrace/core';
import { StageRunner } from '@millrace/stream';
import { TotalsStage } from '@millrace/stream/testing';
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
  const totals = async (faults: Faults): Promise<string[]> => {
    const log = new MemoryLog({ clock: new SystemClock(), faults });
    await log.admin().create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 2, replication: null, config: {} })));
    runner = new StageRunner({
      stage: new TotalsStage('in', 'out'),
      log,
      groupId: 'g',
      transactionalId: 't',
      clock: new SystemClock(),
      dlq: { topic: 'dlq', partitions: 1 },
      limits: { batchRecords: 100, fetchWaitMs: 10 },
    });
    runner.run().catch(() => undefined);
    const records = Array.from({ length: RECORDS }, (_, i) => ({ topic: 'in', partition: i % 2, key: `k${i % 10}`, value: 'v' }));
    await log.publisher().publish(records);
    const read = (): Promise<string[]> => readAll(log);
    await expect.poll(async () => (await read()).length, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(RECORDS);
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

  it('stops with an error when the log has lost the committed offset', async () => {
    const failure = { code: 'OFFSET_OUT_OF_RANGE' };
    const log = new MemoryLog({
      clock: new SystemClock(),
      faults: (point) => {
        if (point === 'before-fetch') throw new AppError('OFFSET_OUT_OF_RANGE', 'scripted');
      },
    });
    await log.admin().create(['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const stage = new TotalsStage('in', 'out');
    const options = { stage, log, groupId: 'g', transactionalId: 't', clock: new SystemClock(), dlq: { topic: 'dlq', partitions: 1 } };
    await expect(new StageRunner(options).run()).rejects.toMatchObject(failure);
  });
});

async function readAll(log: MemoryLog): Promise<string[]> {
  const source = log.source();
  const values: string[] = [];
  for (const partition of [0, 1]) {
    for (let offset = 0; ; ) {
      const [chunk] = await source.fetch([{ topic: 'out', partition, offset }], { maxWaitMs: 0, maxBytes: 1 << 24, maxBytesPerPartition: 1 << 24 });
      if (!chunk) break;
      values.push(...chunk.records.map((record) => String(record.value)));
      offset = chunk.next;
    }
  }
  return values;
}
