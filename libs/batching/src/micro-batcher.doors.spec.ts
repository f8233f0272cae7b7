import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { Overloaded } from './overloaded.ts';
import { ManualBatcher, settled, values } from './testing/manual-batcher.ts';

const outcome = (submitted: Promise<unknown>): Promise<unknown> => submitted.catch((error: unknown) => error);

describe('requests', () => {
  const arriving = () => {
    const arrivals: (() => void)[] = [];
    const rig = new ManualBatcher({ afterArrivals: (then) => arrivals.push(then) });
    const held = async (): Promise<readonly (readonly number[])[]> => {
      await settled();
      return rig.executor.held.map(({ rows }) => rows.toSorted((a, b) => a - b));
    };
    return { batcher: rig.batcher, arrivals, held };
  };

  it('that arrive together leave together, for an idle executor too', async () => {
    const { batcher, arrivals, held } = arriving();
    void batcher.submit([1], { source: 'grpc' });
    void batcher.submit([2], { source: 'rest' });
    expect([await held(), arrivals.length]).toEqual([[], 1]);
    arrivals[0]?.();
    expect(await held()).toEqual([[1, 2]]);
    void batcher.submit([3], { source: 'grpc' });
    expect(arrivals).toHaveLength(2);
  });

  it('leave with the topic, which waits for nobody', async () => {
    const { batcher, held } = arriving();
    void batcher.submit([1], { source: 'grpc' });
    void batcher.submit([2]);
    expect(await held()).toEqual([[1, 2]]);
  });
});

describe('a deadline', () => {
  it('that passes while rows wait ends them by itself, and they are not computed', async () => {
    const rig = new ManualBatcher({ maxRows: 1 });
    const blocking = [1, 2].map((row) => rig.batcher.submit([row], { source: 'rest' }));
    const submitted = rig.batcher.submit([3, 4], { source: 'rest', deadlineMs: 30 });
    rig.clock.advance(29);
    await settled();
    expect(rig.batcher.queuedRows('rest')).toBe(2);
    rig.clock.advance(1);
    expect(await values(submitted)).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
    expect([rig.batcher.queuedRows('rest'), rig.dropped]).toEqual([0, [['rest', 'expired', 2]]]);
    expect(await rig.finishAll()).toEqual([[1], [2]]);
    expect(await Promise.all(blocking.map(values))).toEqual([[2], [4]]);
  });

  it('counts from the arrival of the request, not from when its rows were handed over', async () => {
    const rig = new ManualBatcher();
    rig.clock.advance(100);
    const late = rig.batcher.submit([1], { source: 'grpc', arrivedMs: 60, deadlineMs: 40 });
    expect(await values(late)).toEqual(['DEADLINE_EXCEEDED']);
    const inTime = rig.batcher.submit([2], { source: 'grpc', arrivedMs: 60, deadlineMs: 41 });
    await rig.finish();
    expect(await values(inTime)).toEqual([4]);
    expect(rig.reports).toMatchObject([{ waitedMs: 40 }]);
  });

  it('lets a batch leave earlier than the batcher would', async () => {
    const rig = new ManualBatcher();
    void rig.batcher.submit([1]);
    rig.clock.advance(4);
    await rig.finish();
    void rig.batcher.submit([2]);
    void rig.batcher.submit([3]);
    void rig.batcher.submit([4], { source: 'rest', deadlineMs: 10 });
    rig.clock.advance(5);
    await settled();
    expect(rig.executor.held.map(({ rows }) => rows)).toEqual([[2]]);
    rig.clock.advance(1);
    await settled();
    expect(rig.executor.held.map(({ rows }) => rows)).toEqual([[2], [3, 4]]);
  });

  it('never ends a row of the topic', async () => {
    const rig = new ManualBatcher({ maxRows: 1 });
    const submitted = [1, 2, 3].map((row) => rig.batcher.submit([row], { deadlineMs: 5 }));
    rig.clock.advance(1000);
    await settled();
    await rig.finishAll();
    expect(await Promise.all(submitted.map(values))).toEqual([[2], [4], [6]]);
  });

  it('ends the rows of a request that have not left; those that have are answered', async () => {
    const rig = new ManualBatcher({ maxRows: 2 });
    const submitted = rig.batcher.submit([1, 2, 3, 4, 5], { source: 'rest', deadlineMs: 10 });
    rig.clock.advance(10);
    await settled();
    expect(await rig.finishAll()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await values(submitted)).toEqual([2, 4, 6, 8, 'DEADLINE_EXCEEDED']);
  });

  it('leaves no timer when nothing waits', async () => {
    const rig = new ManualBatcher({ maxRows: 1 });
    const timers: AbortSignal[] = [];
    const sleep = rig.clock.sleep.bind(rig.clock);
    rig.clock.sleep = (ms, signal) => (signal && timers.push(signal), sleep(ms, signal));
    const rows = [1, 2, 3];
    const submitted = rows.map((row) => rig.batcher.submit([row], { source: 'rest', deadlineMs: 60_000 }));
    await rig.finishAll();
    expect(await Promise.all(submitted.map(values))).toEqual([[2], [4], [6]]);
    expect(timers.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a signal', () => {
  it('that aborts ends the rows that wait at once, and only those', async () => {
    const rig = new ManualBatcher({ maxRows: 2 });
    const asked = new AbortController();
    const submitted = rig.batcher.submit([1, 2, 3, 4, 5], { source: 'grpc', signal: asked.signal });
    const other = rig.batcher.submit([6], { source: 'rest' });
    asked.abort();
    expect([rig.batcher.queuedRows('grpc'), rig.dropped]).toEqual([0, [['grpc', 'cancelled', 1]]]);
    expect((await rig.finishAll()).flat()).not.toContain(5);
    expect(await values(submitted)).toEqual([2, 4, 6, 8, 'CANCELLED']);
    expect(await values(other)).toEqual([12]);
  });

  it('that had aborted before lets nothing in', async () => {
    const rig = new ManualBatcher();
    expect(await values(rig.batcher.submit([1], { source: 'grpc', signal: AbortSignal.abort() }))).toEqual([
      'CANCELLED',
    ]);
    expect(rig.executor.held).toEqual([]);
  });

  it('makes room for who waits outside, and takes away who waits there itself', async () => {
    const rig = new ManualBatcher({ maxRows: 1, maxQueuedRows: 1 });
    const [a, b] = [new AbortController(), new AbortController()];
    const submitted = [1, 2].map((row) => rig.batcher.submit([row]));
    const first = rig.batcher.submit([3], { signal: a.signal });
    const second = rig.batcher.submit([4], { signal: b.signal });
    const third = rig.batcher.submit([5]);
    b.abort();
    expect(await values(second)).toEqual(['CANCELLED']);
    expect(rig.batcher.queuedRows('topic')).toBe(1);
    a.abort();
    expect(await values(first)).toEqual(['CANCELLED']);
    expect(rig.batcher.queuedRows('topic')).toBe(1);
    expect(await rig.finishAll()).toEqual([[1], [2], [5]]);
    expect(await Promise.all([...submitted, third].map(values))).toEqual([[2], [4], [10]]);
  });

  it('is let go of when the rows are answered', async () => {
    const rig = new ManualBatcher();
    const asked = new AbortController();
    const listeners = new Set<unknown>();
    const { signal } = asked;
    signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
    const submitted = rig.batcher.submit([1], { source: 'rest', signal });
    expect(listeners.size).toBe(1);
    await rig.finish();
    await submitted;
    expect(listeners.size).toBe(0);
  });
});

describe('a full queue', () => {
  it('refuses a door at once and says when to come again, by what has been learnt', async () => {
    const rig = new ManualBatcher({ maxRows: 4, maxQueuedRows: 10 });
    void rig.batcher.submit([1, 2, 3, 4], { source: 'rest' });
    rig.clock.advance(8);
    await rig.finish();
    for (let i = 0; i < 4; i++) void rig.batcher.submit([1, 2, 3, 4], { source: 'rest' });
    void rig.batcher.submit([1, 2, 3], { source: 'grpc' });
    const refused = await outcome(rig.batcher.submit([1, 2, 3], { source: 'rest' }));
    expect(refused).toBeInstanceOf(Overloaded);
    expect(refused).toMatchObject({ code: 'OVERLOADED', status: 429, retryAfterMs: 24 });
    expect((refused as AppError).detail).toMatch(
      /^8 rows and 0 bytes wait already, and 3 rows more came; at most 10 rows/,
    );
    expect(rig.dropped).toEqual([['rest', 'refused', 3]]);
    expect(rig.batcher.queuedRows('grpc')).toBe(3);
  });

  it('advises its own deadline as long as nothing has been learnt', async () => {
    const rig = new ManualBatcher({ maxQueuedRows: 4 });
    for (let i = 0; i < 3; i++) void rig.batcher.submit([1, 2, 3, 4], { source: 'rest' });
    expect(await outcome(rig.batcher.submit([5], { source: 'rest' }))).toMatchObject({ retryAfterMs: 20 });
  });

  it('is full in bytes, too', async () => {
    const rig = new ManualBatcher({ maxRows: 1, maxQueuedBytes: 10, bytesOf: (row) => row });
    for (const row of [1, 1, 6]) void rig.batcher.submit([row], { source: 'rest' });
    expect(await outcome(rig.batcher.submit([5], { source: 'rest' }))).toMatchObject({ code: 'OVERLOADED' });
    void rig.batcher.submit([4], { source: 'rest' });
    expect(rig.batcher.queuedRows('rest')).toBe(2);
    expect(await outcome(rig.batcher.submit([1], { source: 'rest' }))).toMatchObject({ code: 'OVERLOADED' });
    await rig.finish();
    void rig.batcher.submit([6], { source: 'rest' });
    expect(rig.batcher.queuedRows('rest')).toBe(2);
  });

  it('tells a door that a request can never be taken', async () => {
    const rig = new ManualBatcher({ maxQueuedRows: 4 });
    const refused = await outcome(rig.batcher.submit([1, 2, 3, 4, 5], { source: 'rest' }));
    expect(refused).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 });
    expect((refused as AppError).detail).toContain('5 rows, at most 4 rows');
    expect(rig.executor.held).toEqual([]);
  });

  it('of one door takes no room from the topic, nor from the other door', async () => {
    const rig = new ManualBatcher({ maxRows: 4, maxQueuedRows: 8 });
    const flood = Array.from({ length: 10 }, () => outcome(rig.batcher.submit([1, 1, 1, 1], { source: 'rest' })));
    const others = [rig.batcher.submit([7, 8]), rig.batcher.submit([9], { source: 'grpc' })];
    await rig.finishAll();
    expect(await Promise.all(others.map(values))).toEqual([[14, 16], [18]]);
    expect((await Promise.all(flood)).filter((answer) => answer instanceof Overloaded)).toHaveLength(6);
  });
});

describe('the topic', () => {
  it('has its third of every stretch of rows while both doors flood, and so has each door', async () => {
    const rig = new ManualBatcher({ maxRows: 48, maxQueuedRows: 96 });
    const rows = { topic: 0, rest: 0, grpc: 0 };
    const stream = Array.from({ length: 40 }, () => rig.batcher.submit(Array<number>(48).fill(1)));
    for (let batch = 0; batch < 40; batch++) {
      for (let i = 0; i < 100; i++)
        for (const source of ['rest', 'grpc'] as const) void outcome(rig.batcher.submit([1], { source }));
      await rig.finish();
    }
    for (const { parts } of rig.reports.slice(3)) for (const part of parts) rows[part.source] += part.rows;
    expect(rows).toEqual({ topic: 37 * 16, rest: 37 * 16, grpc: 37 * 16 });
    await rig.finishAll();
    expect((await Promise.all(stream)).flat()).toHaveLength(40 * 48);
  });
});

describe('the observer', () => {
  it('is told whose rows a batch had, how long they waited and how old the oldest was', async () => {
    const rig = new ManualBatcher();
    void rig.batcher.submit([1]);
    rig.clock.advance(2);
    void rig.batcher.submit([2, 3], { source: 'rest', arrivedMs: 1 });
    rig.clock.advance(3);
    void rig.batcher.submit([4], { source: 'grpc' });
    await rig.finish();
    rig.clock.advance(7);
    await rig.finish();
    const parts = [
      { source: 'rest', rows: 2, waitedMs: 4 },
      { source: 'grpc', rows: 1, waitedMs: 0 },
    ];
    expect(rig.reports[1]).toEqual({ reason: 'idle', rows: 3, waitedMs: 4, tookMs: 7, oldestAgeMs: 11, parts });
  });

  it('has its say in the outcomes where they are asked to explain themselves', async () => {
    const rig = new ManualBatcher();
    void rig.batcher.submit([1]);
    const plain = rig.batcher.submit([2]);
    rig.clock.advance(3);
    const explained = rig.batcher.submit([3], { explain: true });
    await rig.finish();
    rig.clock.advance(5);
    await rig.finish();
    expect(await plain).toEqual([{ ok: true, value: 4 }]);
    expect(await explained).toEqual([
      { ok: true, value: 6, batch: { reason: 'idle', rows: 2, waitedMs: 0, tookMs: 5 } },
    ]);
  });
});

describe('what has been learnt', () => {
  it('is not spoilt by batches that ran in halves', async () => {
    const rig = new ManualBatcher({ maxRows: 2, maxQueuedRows: 2 });
    const poison = new AppError('MODEL_FAILED', 'no');
    void rig.batcher.submit([1, 2], { source: 'rest' });
    rig.clock.advance(3);
    await rig.finish();
    void rig.batcher.submit([1, 2], { source: 'rest' });
    rig.executor.next().fail(poison);
    await settled();
    rig.clock.advance(500);
    rig.executor.next().fail(poison);
    await settled();
    await rig.finish();
    for (let i = 0; i < 3; i++) void rig.batcher.submit([1, 2], { source: 'rest' });
    expect(await outcome(rig.batcher.submit([1], { source: 'rest' }))).toMatchObject({ retryAfterMs: 3 });
  });
});
