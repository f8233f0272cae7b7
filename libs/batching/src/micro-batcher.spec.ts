import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { ManualBatcher, settled, values } from './testing/manual-batcher.ts';
import type { ManualExecutor } from './testing/manual-executor.ts';

describe('MicroBatcher', () => {
  it('lets a row leave at once when an executor is idle', async () => {
    const rig = new ManualBatcher();
    const { executor, batcher, reports } = rig;
    const submitted = batcher.submit([1]);
    expect(executor.held[0]?.rows).toEqual([1]);
    await rig.finish();
    expect(await values(submitted)).toEqual([2]);
    expect(reports).toMatchObject([{ reason: 'idle', rows: 1, waitedMs: 0, tookMs: 0 }]);
  });

  it('counts rows and not requests: small ones share a batch and get their own results back', async () => {
    const rig = new ManualBatcher();
    const { executor, batcher, reports } = rig;
    const submitted = [[1], [2], [3, 4]].map((rows) => batcher.submit(rows));
    await rig.finish();
    expect(executor.held[0]?.rows).toEqual([2, 3, 4]);
    await rig.finish();
    expect(await Promise.all(submitted.map(values))).toEqual([[2], [4], [6, 8]]);
    expect(reports.map((report) => report.reason)).toEqual(['idle', 'idle']);
  });

  it('cuts a large request and puts its results together in order', async () => {
    const rig = new ManualBatcher({ executors: 2 });
    const { held, batcher } = rig;
    const submitted = batcher.submit([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [a, b] = held as [ManualExecutor<number, number>, ManualExecutor<number, number>];
    expect([a.held[0]?.rows, b.held[0]?.rows]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    await rig.finish(b);
    await rig.finish(b);
    await rig.finish(a);
    expect(await values(submitted)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
  });

  it('lets a full batch lie ready behind the one that runs, and no second one', async () => {
    const rig = new ManualBatcher();
    const { executor, batcher, reports } = rig;
    const submitted = batcher.submit(Array.from({ length: 12 }, (_, i) => i));
    expect(executor.held.map((batch) => batch.rows.length)).toEqual([4, 4]);
    expect(batcher.queuedRows('topic')).toBe(4);
    await rig.finish();
    expect(executor.held).toHaveLength(2);
    await rig.finish();
    await rig.finish();
    expect(await values(submitted)).toHaveLength(12);
    expect(reports.map((report) => report.reason)).toEqual(['full', 'full', 'full']);
  });

  it('lets up to four full batches lie with an executor that is soon through with them: half a millisecond of work', async () => {
    const rig = new ManualBatcher({ maxQueuedRows: 1000 });
    const { clock, executor, batcher } = rig;
    const rows = Array.from({ length: 4 }, (_, i) => i);
    const ready = async (tookMs: number): Promise<number> => {
      for (let i = 0; i < 300; i++) {
        void batcher.submit(rows);
        clock.advance(tookMs);
        await rig.finish();
      }
      const submitted = batcher.submit(Array(40).fill(1));
      const { length } = executor.held;
      await rig.finishAll();
      await submitted;
      return length;
    };
    expect([await ready(0.25), await ready(0.05), await ready(0.75)]).toEqual([3, 4, 2]);
  });

  it('lets rows leave for their deadline, less what it has learnt that they take', async () => {
    const rig = new ManualBatcher();
    const { clock, executor, batcher, reports } = rig;
    void batcher.submit([1]);
    clock.advance(5);
    await rig.finish();
    void batcher.submit([2]);
    void batcher.submit([3]);
    clock.advance(14);
    await settled();
    expect(executor.held).toHaveLength(1);
    clock.advance(1);
    await settled();
    expect(executor.held[1]?.rows).toEqual([3]);
    await rig.finish();
    await rig.finish();
    expect(reports.at(-1)).toMatchObject({ reason: 'due', rows: 1, waitedMs: 15, tookMs: 0 });
  });

  it('does not count the batch before as time that a batch takes', async () => {
    const rig = new ManualBatcher();
    const { clock, batcher, reports } = rig;
    void batcher.submit([1, 2, 3, 4, 5, 6, 7, 8]);
    clock.advance(10);
    await rig.finish();
    clock.advance(3);
    await rig.finish();
    expect(reports.map((report) => report.tookMs)).toEqual([10, 3]);
  });

  it('gives one bad row its error and its neighbours their results', async () => {
    const rig = new ManualBatcher({ maxRows: 2 });
    const { executor, batcher } = rig;
    const submitted = batcher.submit([1, 2]);
    executor.next().fail(new AppError('MODEL_FAILED', 'no'));
    await settled();
    await rig.finish();
    executor.next().fail(new AppError('MODEL_FAILED', 'no'));
    expect(await values(submitted)).toEqual([2, 'MODEL_FAILED']);
  });

  it('fails whoever had rows in a batch that broke, drops what they have waiting, and goes on', async () => {
    const rig = new ManualBatcher({ maxRows: 2 });
    const { executor, batcher } = rig;
    const failing = [batcher.submit([1]), batcher.submit([2]), batcher.submit([3, 4, 5, 6])];
    const fine = batcher.submit([7]);
    const broken = new Error('the machine broke');
    await rig.finish();
    executor.next().fail(broken);
    const [first, ...others] = await Promise.allSettled(failing);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(others).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'rejected', reason: broken },
    ]);
    await rig.finish();
    expect(executor.held.map((batch) => batch.rows)).toEqual([[7]]);
    await rig.finish();
    expect(await values(fine)).toEqual([14]);
  });

  it('gives an executor that fails for a passing reason no batch for a second, then twice as long: the others have them', async () => {
    const rig = new ManualBatcher({ executors: 2 });
    const { held, batcher, clock } = rig;
    const [a, b] = held as [ManualExecutor<number, number>, ManualExecutor<number, number>];
    const away = new AppError('MODEL_STORE_UNREACHABLE', 'it is away');
    for (const restMs of [1000, 2000, 4000]) {
      const failing = batcher.submit([1]);
      a.next().fail(away);
      await expect(failing).rejects.toBe(away);
      clock.advance(restMs - 1);
      const fine = [batcher.submit([2]), batcher.submit([3])];
      expect(a.held).toEqual([]);
      while (b.held.length > 0) await rig.finish(b);
      expect(await Promise.all(fine.map(values))).toEqual([[4], [6]]);
      clock.advance(1);
    }
    const back = batcher.submit([4]);
    await rig.finish(a);
    expect(await values(back)).toEqual([8]);
    const again = batcher.submit([5]);
    a.next().fail(away);
    await expect(again).rejects.toBe(away);
    clock.advance(1000);
    void batcher.submit([6]);
    expect(a.held).toHaveLength(1);
  });

  it('refuses rows at once while each executor rests, for the reason that they rest for', async () => {
    const { executor, batcher, clock } = new ManualBatcher();
    const away = new AppError('MODEL_STORE_UNREACHABLE', 'it is away');
    const failing = batcher.submit([1]);
    executor.next().fail(away);
    await expect(failing).rejects.toBe(away);
    await expect(batcher.submit([1, 2, 3, 4, 5], { source: 'rest' })).rejects.toBe(away);
    expect([executor.held.length, batcher.queuedRows('rest')]).toEqual([0, 0]);
    clock.advance(1000);
    void batcher.submit([1]);
    expect(executor.held).toHaveLength(1);
  });

  it('makes callers wait while too many rows wait, and forgets none of them', async () => {
    const rig = new ManualBatcher({ maxRows: 2, maxQueuedRows: 4 });
    const { executor, batcher } = rig;
    const submitted = Array.from({ length: 12 }, (_, i) => batcher.submit([i, i]));
    await settled();
    expect(batcher.queuedRows('topic')).toBe(4);
    while (executor.held.length > 0) {
      await rig.finish();
      expect(batcher.queuedRows('topic')).toBeLessThanOrEqual(4);
    }
    expect(await Promise.all(submitted.map(values))).toEqual(Array.from({ length: 12 }, (_, i) => [2 * i, 2 * i]));
  });

  it('hands over what is larger than the bound in portions', async () => {
    const rig = new ManualBatcher({ maxQueuedRows: 3 });
    const submitted = rig.batcher.submit([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    while (rig.executor.held.length > 0) {
      expect(rig.batcher.queuedRows('topic')).toBeLessThanOrEqual(3);
      await rig.finish();
    }
    expect(await values(submitted)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
  });
});
