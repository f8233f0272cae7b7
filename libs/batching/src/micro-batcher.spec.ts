import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it } from 'vitest';

import { MicroBatcher, type BatchReport } from './micro-batcher.ts';
import { ManualExecutor } from './testing/index.ts';

const DEADLINE_MS = 20;

function setUp({ executors = 1, maxRows = 4, maxQueuedRows = 100 } = {}) {
  const clock = new ManualClock();
  const held = Array.from({ length: executors }, () => new ManualExecutor<number, number>());
  const reports: BatchReport[] = [];
  const onBatch = (report: BatchReport): number => reports.push(report);
  const batcher = new MicroBatcher({
    executors: held,
    clock,
    maxRows,
    deadlineMs: DEADLINE_MS,
    maxQueuedRows,
    onBatch,
  });
  return { clock, held, executor: held[0] as ManualExecutor<number, number>, reports, batcher };
}

/** Lets everything that is ready run: promises alone, no timers. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

const finish = async (executor: ManualExecutor<number, number>): Promise<void> => {
  const batch = executor.next();
  batch.finish(batch.rows.map((row) => row * 2));
  await settled();
};

const values = async (submitted: ReturnType<MicroBatcher<number, number>['submit']>): Promise<unknown[]> =>
  (await submitted).map((outcome) => (outcome.ok ? outcome.value : outcome.error.code));

describe('MicroBatcher', () => {
  it('lets a row leave at once when an executor is idle', async () => {
    const { executor, batcher, reports } = setUp();
    const submitted = batcher.submit([1]);
    expect(executor.held[0]?.rows).toEqual([1]);
    await finish(executor);
    expect(await values(submitted)).toEqual([2]);
    expect(reports).toEqual([{ reason: 'idle', rows: 1, waitedMs: 0, tookMs: 0 }]);
  });

  it('counts rows and not requests: small ones share a batch and get their own results back', async () => {
    const { executor, batcher, reports } = setUp();
    const submitted = [[1], [2], [3, 4]].map((rows) => batcher.submit(rows));
    await finish(executor);
    expect(executor.held[0]?.rows).toEqual([2, 3, 4]);
    await finish(executor);
    expect(await Promise.all(submitted.map(values))).toEqual([[2], [4], [6, 8]]);
    expect(reports.map((report) => report.reason)).toEqual(['idle', 'idle']);
  });

  it('cuts a large request and puts its results together in order', async () => {
    const { held, batcher } = setUp({ executors: 2 });
    const submitted = batcher.submit([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [a, b] = held as [ManualExecutor<number, number>, ManualExecutor<number, number>];
    expect([a.held[0]?.rows, b.held[0]?.rows]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    await finish(b);
    await finish(b);
    await finish(a);
    expect(await values(submitted)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
  });

  it('lets a full batch lie ready behind the one that runs, and no second one', async () => {
    const { executor, batcher, reports } = setUp();
    const submitted = batcher.submit(Array.from({ length: 12 }, (_, i) => i));
    expect(executor.held.map((batch) => batch.rows.length)).toEqual([4, 4]);
    expect(batcher.queuedRows).toBe(4);
    await finish(executor);
    expect(executor.held).toHaveLength(2);
    await finish(executor);
    await finish(executor);
    expect(await values(submitted)).toHaveLength(12);
    expect(reports.map((report) => report.reason)).toEqual(['full', 'full', 'full']);
  });

  it('lets rows leave for their deadline, less what it has learnt that they take', async () => {
    const { clock, executor, batcher, reports } = setUp();
    void batcher.submit([1]);
    clock.advance(5);
    await finish(executor);
    void batcher.submit([2]);
    void batcher.submit([3]);
    clock.advance(14);
    await settled();
    expect(executor.held).toHaveLength(1);
    clock.advance(1);
    await settled();
    expect(executor.held[1]?.rows).toEqual([3]);
    await finish(executor);
    await finish(executor);
    expect(reports.at(-1)).toEqual({ reason: 'due', rows: 1, waitedMs: 15, tookMs: 0 });
  });

  it('does not count the batch before as time that a batch takes', async () => {
    const { clock, executor, batcher, reports } = setUp();
    void batcher.submit([1, 2, 3, 4, 5, 6, 7, 8]);
    clock.advance(10);
    await finish(executor);
    clock.advance(3);
    await finish(executor);
    expect(reports.map((report) => report.tookMs)).toEqual([10, 3]);
  });

  it('gives one bad row its error and its neighbours their results', async () => {
    const { executor, batcher } = setUp({ maxRows: 2 });
    const submitted = batcher.submit([1, 2]);
    executor.next().fail(new AppError('MODEL_FAILED', 'no'));
    await settled();
    await finish(executor);
    executor.next().fail(new AppError('MODEL_FAILED', 'no'));
    expect(await values(submitted)).toEqual([2, 'MODEL_FAILED']);
  });

  it('fails whoever had rows in a batch that broke, drops what they have waiting, and goes on', async () => {
    const { executor, batcher } = setUp({ maxRows: 2 });
    const failing = [batcher.submit([1]), batcher.submit([2]), batcher.submit([3, 4, 5, 6])];
    const fine = batcher.submit([7]);
    const broken = new Error('the machine broke');
    await finish(executor);
    executor.next().fail(broken);
    const [first, ...others] = await Promise.allSettled(failing);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(others).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'rejected', reason: broken },
    ]);
    await finish(executor);
    expect(executor.held.map((batch) => batch.rows)).toEqual([[7]]);
    await finish(executor);
    expect(await values(fine)).toEqual([14]);
  });

  it('makes callers wait while too many rows wait, and forgets none of them', async () => {
    const { executor, batcher } = setUp({ maxRows: 2, maxQueuedRows: 4 });
    const submitted = Array.from({ length: 12 }, (_, i) => batcher.submit([i, i]));
    await settled();
    expect(batcher.queuedRows).toBe(4);
    while (executor.held.length > 0) {
      await finish(executor);
      expect(batcher.queuedRows).toBeLessThanOrEqual(4);
    }
    expect(await Promise.all(submitted.map(values))).toEqual(Array.from({ length: 12 }, (_, i) => [2 * i, 2 * i]));
  });

  it('takes a request that is larger than the bound when nothing else waits', async () => {
    const { executor, batcher } = setUp({ maxRows: 4, maxQueuedRows: 4 });
    const submitted = batcher.submit([1, 2, 3, 4, 5, 6]);
    await finish(executor);
    await finish(executor);
    expect(await values(submitted)).toHaveLength(6);
  });
});
