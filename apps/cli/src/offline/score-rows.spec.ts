import { AppError } from '@millrace/core';
import type { FeatureRow } from '@millrace/features';
import type { ModelPort } from '@millrace/inference';
import { describe, expect, it } from 'vitest';

import { scoreRows } from './score-rows.ts';

const rowOf = (i: number): FeatureRow => ({ id: `${i}`, at: i, key: null, vector: Float32Array.of(i) });

async function* rows(count: number, made?: (i: number) => void): AsyncGenerator<FeatureRow> {
  for (let i = 0; i < count; i++) {
    made?.(i);
    yield rowOf(i);
  }
}

/** Answers a vector with its double; fails on what `fails` says. */
function doubling(fails: (value: number) => boolean = () => false): ModelPort & { readonly sizes: number[] } {
  const sizes: number[] = [];
  return {
    sizes,
    name: 'double',
    version: '1',
    outputs: ['double'],
    score: async (vectors) => {
      sizes.push(vectors.length);
      return vectors.map(([value = 0]) =>
        fails(value)
          ? { ok: false, error: new AppError('MODEL_FAILED', `${value}`) }
          : { ok: true, value: Float64Array.of(value * 2) },
      );
    },
  };
}

async function all(model: ModelPort, source: AsyncIterable<FeatureRow>, size = 4) {
  const rejected: string[] = [];
  const found: (readonly [string, number])[] = [];
  const onRejected = ({ detail }: AppError): void => void rejected.push(detail);
  for await (const { id, outputs } of scoreRows(source, { model, size, onRejected }))
    found.push([id, outputs[0] as number]);
  return { found, rejected };
}

describe('scored rows', () => {
  it('come in the order of the rows, in chunks of the given size, the last one smaller', async () => {
    const model = doubling();
    const { found } = await all(model, rows(10));
    expect(found).toEqual(Array.from({ length: 10 }, (_, i) => [`${i}`, 2 * i]));
    expect(model.sizes).toEqual([4, 4, 2]);
  });

  it('leave out those that the model fails on, and say so', async () => {
    const { found, rejected } = await all(
      doubling((value) => value % 4 === 3),
      rows(9),
    );
    expect(found.map(([id]) => id)).toEqual(['0', '1', '2', '4', '5', '6', '8']);
    expect(rejected).toEqual(['id 3: 3', 'id 7: 7']);
  });

  it('are at most two chunks ahead of their reader', async () => {
    let made = 0;
    const scored = scoreRows(
      rows(1000, () => made++),
      { model: doubling(), size: 4, onRejected: () => undefined },
    );
    await scored.next();
    expect(made).toBeLessThanOrEqual(12);
    await scored.return(undefined);
  });

  it('leave nothing with the model when their reader goes away', async () => {
    let open = 0;
    const model: ModelPort = {
      ...doubling(),
      score: async (vectors) => {
        open++;
        for (let i = 0; i < 50; i++) await Promise.resolve();
        open--;
        return vectors.map(() => ({ ok: true, value: Float64Array.of(0) }));
      },
    };
    const scored = scoreRows(rows(1000), { model, size: 4, onRejected: () => undefined });
    await scored.next();
    await scored.return(undefined);
    expect(open).toBe(0);
  });

  it('end with what is wrong with the model', async () => {
    const broken: ModelPort = {
      ...doubling(),
      score: async () => {
        throw new AppError('MODEL_UNUSABLE', 'it is gone');
      },
    };
    await expect(all(broken, rows(20))).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
  });
});
