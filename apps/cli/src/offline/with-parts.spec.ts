import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { offlineFeatures, type FeatureRow } from '@millrace/features';
import { loadPlan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readEventBatches, readEvents } from '../events/read-events.ts';
import { idsOf, THREAD_ENDED, watchThreads } from '../testing/watch-threads.ts';
import { withParts, type WithPartsOptions } from './with-parts.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));
const PIPELINE = `${FLIGHTS}/pipeline.yaml`;
const ALL = `${FLIGHTS}/data/flights-2013-10-28-to-12-22.jsonl.gz`;
const PLAN = await loadPlan(PIPELINE);
const STAGES = [0, 4];
/** As the thread has them: so many batches wait, of so many rows. */
const [MOST_WAITING, BATCH_ROWS] = [32, 1024];

let folder: string;
/** The first 5,000 events, and the first three weeks. */
let [few, weeks] = ['', ''];
let requests = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'with-parts-'));
  [few, weeks] = [join(folder, 'few.jsonl'), join(folder, 'weeks.jsonl')];
  const lines: string[] = [];
  for await (const { type, raw, line } of readEvents(ALL)) {
    lines.push(`${raw}\n`);
    if (line <= 5000 && type === PLAN.predict.on) requests++;
    if (line === 60_000) break;
  }
  await Promise.all([writeFile(few, lines.slice(0, 5000).join('')), writeFile(weeks, lines.join(''))]);
});
afterAll(() => rm(folder, { recursive: true }));

const options = (file = few): WithPartsOptions => ({ pipeline: PIPELINE, file, stages: STAGES, disorderMs: 0 });
const alone = (file: string, isOwn = (_stage: number): boolean => true): AsyncGenerator<FeatureRow> =>
  offlineFeatures(PLAN, readEventBatches(file, PLAN), { isOwn });
const rest = (file = few): AsyncGenerator<FeatureRow> => alone(file, (stage) => !STAGES.includes(stage));

async function countOf(rows: AsyncIterable<FeatureRow>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}

async function* butTheLast(rows: AsyncIterable<FeatureRow>): AsyncGenerator<FeatureRow> {
  let left = requests - 1;
  for await (const row of rows) if (left-- > 0) yield row;
}

async function* oneMore(rows: AsyncIterable<FeatureRow>): AsyncGenerator<FeatureRow> {
  yield* rows;
  yield { id: 'x', at: 1, key: null, vector: new Float32Array(PLAN.vector.length) };
}

async function* later(rows: AsyncIterable<FeatureRow>): AsyncGenerator<FeatureRow> {
  for await (const row of rows) yield { ...row, at: row.at + 1 };
}

describe('the vectors of two threads', () => {
  it('are those of one, bit for bit and in their order, over three weeks', async () => {
    const expected = alone(weeks);
    let count = 0;
    for await (const { vector, ...row } of withParts(PLAN, rest(weeks), options(weeks))) {
      const { vector: whole, ...other } = (await expected.next()).value as FeatureRow;
      if (count++ % 1000 === 0) expect(row).toEqual(other);
      if (!Buffer.from(vector.buffer).equals(Buffer.from(whole.buffer))) expect(vector, row.id).toEqual(whole);
    }
    expect([count > 15_000, (await expected.next()).done]).toEqual([true, true]);
  }, 120_000);

  it('need the second one: the first has nothing of its stages', async () => {
    const columns = STAGES.flatMap((stage) => PLAN.stages[stage]!.features.map(({ index }) => index));
    for await (const { vector } of rest()) for (const i of columns) expect(vector[i]).toBeNaN();
  });

  it('come whole though the first is late', async () => {
    const { promise: sent, resolve } = Promise.withResolvers<void>();
    process.once('worker', (thread) => thread.once('message', () => resolve()));
    const late = async function* (): AsyncGenerator<FeatureRow> {
      await sent;
      yield* rest();
    };
    expect(await countOf(withParts(PLAN, late(), options()))).toBe(requests);
  });

  it('wait for each other: no more batches come than are taken, but for a few', async () => {
    let [came, taken] = [0, 0];
    const { promise: aFewWait, resolve } = Promise.withResolvers<void>();
    process.once('worker', (thread) => {
      thread.on('message', () => {
        expect(++came).toBeLessThanOrEqual(MOST_WAITING + Math.ceil(taken / BATCH_ROWS));
        if (came === MOST_WAITING) resolve();
      });
    });
    for await (const _ of withParts(PLAN, rest(ALL), options(ALL))) {
      if (taken++ > 0) continue;
      await aFewWait;
      await countOf(rest(weeks)); // time in which more would come
    }
    expect(came).toBe(Math.ceil(51_436 / BATCH_ROWS));
  }, 120_000);

  it.each([
    ['more requests', butTheLast],
    ['fewer', oneMore],
    ['one at another time', later],
  ])('are refused where the second one finds %s', async (_, otherwise) => {
    const threads = watchThreads();
    await expect(countOf(withParts(PLAN, otherwise(rest()), options()))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      detail: expect.stringContaining('few.jsonl: it changed while it was read'),
    });
    expect(idsOf(threads)).toEqual([THREAD_ENDED]);
  });

  it('are refused where the pipeline file has changed', async () => {
    const rows = withParts({ ...PLAN, featureSet: '00000000' }, rest(), options());
    await expect(countOf(rows)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('end with what ends the second one', async () => {
    const rows = withParts(PLAN, rest(), options(7 as never));
    await expect(countOf(rows)).rejects.toThrow(/toLowerCase is not a function/);
  });

  it('leave no thread when they are left', async () => {
    const threads = watchThreads();
    for await (const _ of withParts(PLAN, rest(), options())) break;
    expect(idsOf(threads)).toEqual([THREAD_ENDED]);
  });
});
