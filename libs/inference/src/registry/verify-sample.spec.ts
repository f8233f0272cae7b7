import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SystemClock } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadModel } from '../load-model.ts';
import { sumModel } from '../testing/index.ts';
import { parseSample } from './sample-rows.ts';
import { verifySample } from './verify-sample.ts';

describe('verifySample', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Asks a model that adds up a and b, published as `total`. */
  const verify = async (sample: string | null): Promise<number> => {
    const modelFile = join(folder, 'model.onnx');
    await writeFile(modelFile, sumModel(2));
    if (sample !== null) await writeFile(join(folder, 'sample.jsonl'), sample);
    const files = { name: 'adder', version: '7', modelFile, profileFile: null, card: null };
    const use = { vector: ['a', 'b'], outputs: new Map([['sum', 'total']]) };
    const batch = { rows: 8, deadlineMs: 20 };
    const model = await loadModel({ files, ...use, batch, clock: new SystemClock(), workers: 1 });
    try {
      return await verifySample(model, files, use);
    } finally {
      await model.close();
    }
  };
  const row = (a: number | null, b: number, sum: number | null, more: object = {}): string =>
    `${JSON.stringify({ inputs: { a, b }, outputs: { sum }, ...more })}\n`;

  it('takes a model that answers its rows as they say, NaN among them, and one without rows', async () => {
    expect(await verify(row(1, 2, 3) + row(null, 2, null) + row(0.1, 0.2, 0.30005))).toBe(3);
    expect(await verify('')).toBe(0);
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'sample-'));
    expect(await verify(null)).toBe(0);
  });

  it.each([
    [
      'another answer',
      row(1, 2, 3) + row(1, 2, 3.001),
      /adder 7, row 2 of its sample\.jsonl: sum is 3, and should be 3\.001, give or take 0\.0001/,
    ],
    ['no number where there should be one', row(null, 2, 2), /sum is NaN, and should be 2/],
    ['a number where there should be none', row(1, 2, null), /sum is 3, and should be null/],
    ['a row of other features', '{"inputs":{"a":1},"outputs":{"sum":1}}', /row 1 of its sample\.jsonl: it has no b/],
  ])('refuses a model with %s', async (_, sample, said) => {
    await expect(verify(sample)).rejects.toMatchObject({
      code: 'MODEL_SAMPLE_FAILED',
      detail: expect.stringMatching(said),
    });
  });

  it('allows what a row tolerates: an amount, or a share of what is above 1', async () => {
    expect(await verify(row(1, 2, 3.4, { tolerance: 0.2 }) + row(100, 0, 109, { tolerance: 0.1 }))).toBe(2);
    await expect(verify(row(0.1, 0.1, 0.5, { tolerance: 0.2 }))).rejects.toThrow(/give or take 0\.2/);
  });

  it.each([
    ['{', /line 1: it is not JSON/],
    [`${row(1, 2, 3)}[]`, /line 2: allowed is/],
    ['{"inputs":{"a":"1"},"outputs":{}}', /line 1: allowed is/],
    ['{"inputs":{},"outputs":{},"tolerance":-1}', /tolerance must be a number from 0/],
  ])('names the line of %j that is no row', (text, said) => {
    expect(() => parseSample(text, 'sample.jsonl')).toThrow(said);
  });
});
