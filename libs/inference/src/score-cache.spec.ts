import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it } from 'vitest';

import type { ModelPort } from './model-port.ts';
import { ScoreCache, type ScoreCacheOptions } from './score-cache.ts';

/** One feature and one output: 320 + 4 + 8 bytes an answer. */
const ANSWER_BYTES = 332;

/** A cache over a model whose answers are numbered by when they were computed; it fails on rows below zero. */
function numbering(options: Partial<ScoreCacheOptions> = {}) {
  const clock = new ManualClock();
  const asked: number[][] = [];
  const looked: (readonly [number, number])[] = [];
  let evicted = 0;
  let computed = 0;
  const observer = {
    looked: (hits: number, misses: number) => void looked.push([hits, misses]),
    evicted: () => void evicted++,
  };
  const setting = { sizeBytes: 1024 ** 2, forMs: 1000, width: 1, outputs: 1, ...options };
  const cache = new ScoreCache({ ...setting, clock, observer });
  const model: ModelPort['score'] = async (rows, how) => {
    asked.push(rows.map(([value]) => value as number));
    if (how?.signal?.aborted) return rows.map(() => ({ ok: false, error: new AppError('CANCELLED', 'gone') }));
    return rows.map(([value = 0]) =>
      value < 0
        ? { ok: false, error: new AppError('MODEL_FAILED', 'below zero') }
        : { ok: true, value: Float64Array.of(++computed) },
    );
  };
  const score = cache.over(model);
  const of = async (...values: number[]): Promise<unknown[]> =>
    (await score(values.map((value) => Float32Array.of(value)))).map((one) => (one.ok ? one.value[0] : one.error.code));
  return { cache, clock, asked, looked, evictions: () => evicted, of, score };
}

describe('ScoreCache', () => {
  it('asks the model for the rows that it does not know alone, and gives each row its own answer', async () => {
    const { of, asked, looked } = numbering();
    expect(await of(10, 20)).toEqual([1, 2]);
    expect(await of(20, 30, 10)).toEqual([2, 3, 1]);
    expect(await of(30, 30)).toEqual([3, 3]);
    expect(asked).toEqual([[10, 20], [30]]);
    expect(looked).toEqual([
      [0, 2],
      [2, 1],
      [2, 0],
    ]);
  });

  it('takes rows for other rows that differ in one bit: 0 and -0, NaN of two patterns, neighbours of a number', async () => {
    const { score } = numbering();
    const rows = [0, 0x80000000, 0x7fc00000, 0x7fc00001, 0xffc00000, 0x3f800000, 0x3f800001].map(
      (bits) => new Float32Array(Uint32Array.of(bits).buffer),
    );
    const answers = async () => (await score(rows)).map((one) => one.ok && one.value[0]);
    expect(await answers()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await answers()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reads a row where it lies in a larger array', async () => {
    const { score } = numbering();
    const all = Float32Array.of(10, 20);
    await score([all.subarray(0, 1), all.subarray(1, 2)]);
    expect(await score([Float32Array.of(10), Float32Array.of(20)])).toEqual([
      { ok: true, value: Float64Array.of(1) },
      { ok: true, value: Float64Array.of(2) },
    ]);
  });

  it('keeps no failure', async () => {
    const { of, asked, score } = numbering();
    expect(await of(-1, 5)).toEqual(['MODEL_FAILED', 1]);
    expect(await of(-1, 5)).toEqual(['MODEL_FAILED', 1]);
    await score([Float32Array.of(6)], { signal: AbortSignal.abort() });
    expect(await of(6)).toEqual([2]);
    expect(asked).toEqual([[-1, 5], [-1], [6], [6]]);
  });

  it('keeps an answer alone, and not the batch that the model gave it in', async () => {
    const cache = new ScoreCache({ sizeBytes: 1024, forMs: 1, width: 1, outputs: 2, clock: new ManualClock() });
    const ofBatch: ModelPort['score'] = async () => [{ ok: true, value: new Float64Array(512).subarray(2, 4) }];
    const score = cache.over(ofBatch);
    await score([Float32Array.of(1)]);
    const [kept] = await score([Float32Array.of(1)]);
    expect(kept?.ok && kept.value.buffer.byteLength).toBe(2 * 8);
  });

  it('hands on what a request says of its rows, and what is wrong with the model', async () => {
    const cache = new ScoreCache({ sizeBytes: 1024, forMs: 1, width: 1, outputs: 1, clock: new ManualClock() });
    const refusing: ModelPort['score'] = (_rows, how) => Promise.reject(new Error(how?.source));
    await expect(cache.over(refusing)([Float32Array.of(1)], { source: 'grpc' })).rejects.toThrow('grpc');
  });

  it('gives an answer again for as long as it says, by the clock, however often it is asked for', async () => {
    const { of, clock, evictions } = numbering({ forMs: 1000 });
    await of(7);
    clock.advance(600);
    expect(await of(7)).toEqual([1]);
    clock.advance(400);
    expect(await of(7)).toEqual([1]);
    clock.advance(1);
    expect([await of(7), evictions()]).toEqual([[2], 0]);
  });

  it('never takes more than its bytes: what was used last stays', async () => {
    const { of, cache, evictions } = numbering({ sizeBytes: 3 * ANSWER_BYTES + 1 });
    await of(1, 2, 3);
    expect(cache.bytes).toBe(3 * ANSWER_BYTES);
    await of(1);
    await of(4);
    expect([cache.bytes, evictions()]).toEqual([3 * ANSWER_BYTES, 1]);
    expect(await of(1, 3, 4)).toEqual([1, 3, 4]);
    expect(await of(2)).toEqual([5]);
  });

  it('counts the bytes of a row and of its outputs', async () => {
    const { cache, score } = numbering({ width: 20, outputs: 3 });
    await score([new Float32Array(20)]);
    expect(cache.bytes).toBe(320 + 20 * 4 + 3 * 8);
  });

  it('refuses a size that not one answer fits in', () => {
    expect(() => numbering({ sizeBytes: ANSWER_BYTES - 1 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', detail: expect.stringContaining('331 bytes') }),
    );
  });
});
