import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lookupModel } from '@millrace/inference/testing';
import { loadPlan } from '@millrace/pipeline';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { readTable } from '../sample-table.ts';
import { recordedContext } from '../testing/recorded-context.ts';
import { idsOf, THREAD_ENDED, watchThreads } from '../testing/watch-threads.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));
const PIPELINE = join(FLIGHTS, 'pipeline.yaml');
const EVENTS = join(FLIGHTS, 'data/flights-2013-10-28-to-12-22.jsonl.gz');

/** Computed independently. */
const PROBABILITIES = {
  '2013-11-12-MQ-3572-LGA': 0.537213385105,
  '2013-11-13-B6-1-JFK': 0.0521020293236,
  '2013-11-14-US-2167-LGA': 0.088415145874,
  '2013-11-17-AA-2223-LGA': 0.440299034119,
  '2013-12-05-9E-4277-LGA': 0.746616065502,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-batch-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const context = recordedContext();
  return { code: await runProgram(args, context), err: context.err() };
}

const rowsOf = async (file: string) =>
  parse(await readFile(file, 'utf8'), { columns: true }) as Record<string, string>[];

describe('millrace batch', () => {
  it('gives the flights the vectors of millrace features, in their order, and the probabilities of the model', async () => {
    const [scored, vectors] = [join(folder, 'scored.csv'), join(folder, 'vectors.csv')];
    expect(await run('batch', PIPELINE, EVENTS, '--out', scored)).toEqual({
      code: 0,
      err: `51436 rows written to ${scored}\n`,
    });
    expect((await run('features', PIPELINE, EVENTS, '--out', vectors)).code).toBe(0);
    const rows = await rowsOf(scored);
    expect(rows.map(({ version: _version, probability: _probability, ...vector }) => vector)).toEqual(
      await rowsOf(vectors),
    );
    expect(Object.keys(rows[0] ?? {}).slice(-2)).toEqual(['version', 'probability']);
    const byId = new Map(rows.map((row) => [row['id'], row]));
    for (const [id, probability] of Object.entries(PROBABILITIES)) {
      expect(byId.get(id)?.['version']).toBe('1');
      expect(Math.abs(Number(byId.get(id)?.['probability']) - probability)).toBeLessThanOrEqual(1e-5);
    }
  }, 60_000);

  const due = {
    type: 'departure_due',
    at: '2013-11-12T15:59:00Z',
    sched_dep: '2013-11-12T16:59:00Z',
    carrier: 'MQ',
    flight: 1,
    tailnum: 'N1',
    origin: 'LGA',
    dest: 'CLT',
    distance: 544,
    seats: null,
  };
  const events = async (name: string): Promise<string> => {
    const file = join(folder, name);
    const lines = ['a', 'b'].map((id) => ({ ...due, id })).concat({ ...due, id: 'bad', distance: 'far' as never });
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    return file;
  };

  it('scores on all cores, writes Parquet, and counts what would be a dead letter', async () => {
    const threads = watchThreads();
    const out = join(folder, 'out.parquet');
    const { code, err } = await run('batch', PIPELINE, await events('events.jsonl'), '--out', out);
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('1 event left out, a dead letter in a stream: SCHEMA_VIOLATION, line '),
    ]);
    expect(idsOf(threads)).toEqual(Array(availableParallelism()).fill(THREAD_ENDED));
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    expect(rows).toMatchObject(
      ['a', 'b'].map((id) => ({ id, at: new Date(due.at), key: 'N1', distance: 544, temperature: null, version: '1' })),
    );
    expect(rows[0]?.['probability']).toBeGreaterThan(0);
    expect((await readTable(out))[0]).toMatchObject({ id: 'a', at: '2013-11-12T15:59:00Z', distance: 544 });
  });

  /** Scores three numbers, and one that is not in the table, by a model that looks them up. */
  const runLookup = async (table: readonly number[] | BigInt64Array, name: string) => {
    const pipeline = `
apiVersion: millrace/v1
name: lookups
events: { asked: { schema: asked.json, id: id, time: at } }
predict: { on: asked, key: id, model: lookup }
features: [{ name: n, value: n }]
`;
    const properties = { id: { type: 'string' }, at: { type: 'string' }, n: { type: 'number' } };
    await mkdir(join(folder, 'models/lookup/1'), { recursive: true });
    await writeFile(join(folder, 'models/lookup/1/model.onnx'), lookupModel(1, table));
    await writeFile(join(folder, 'asked.json'), JSON.stringify({ properties }));
    await writeFile(join(folder, 'pipeline.yaml'), pipeline);
    await writeFile(
      join(folder, 'asked.csv'),
      `type,id,at,n\n${[0, 1, 99, 2].map((n) => `asked,${n},2025-01-01T00:00:00Z,${n}`).join('\n')}\n`,
    );
    const out = join(folder, name);
    const ran = await run('batch', join(folder, 'pipeline.yaml'), join(folder, 'asked.csv'), '--out', out);
    return { ...ran, out };
  };

  it('leaves out the rows that the model fails on, and scores those beside them', async () => {
    const { code, err, out } = await runLookup([10, 0.1, 30], 'out.csv');
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(
        /^3 rows written.*\n1 event left out, a dead letter in a stream: MODEL_FAILED, id 99: .*\n$/,
      ),
    ]);
    expect((await readFile(out, 'utf8')).split('\n').slice(1, -1)).toEqual([
      '0,1735689600000,0,0,1,10',
      '1,1735689600000,1,1,1,0.1',
      '2,1735689600000,2,2,1,30',
    ]);
  });

  it('writes integers beyond 2^53 in all their digits, but for Parquet, which has float64', async () => {
    const table = BigInt64Array.of(7n, 2n ** 53n + 1n, -(2n ** 63n) + 1n);
    const found = async (name: string) => readFile((await runLookup(table, name)).out, 'utf8');
    expect((await found('out.csv')).match(/[-\d]+$/gm)).toEqual(Array.from(table, String));
    expect((await found('out.jsonl')).match(/(?<="found":)[^}]+/g)).toEqual(Array.from(table, String));
    const { out } = await runLookup(table, 'out.parquet');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    expect(rows.map((row) => row['found'])).toEqual([7, 2 ** 53, -(2 ** 63)]);
  });

  it('takes the newest version where the pipeline names none', async () => {
    const pipeline = join(folder, 'pipeline.yaml');
    await cp(FLIGHTS, folder, { recursive: true, filter: (path) => !path.endsWith('.gz') });
    await writeFile(pipeline, (await readFile(PIPELINE, 'utf8')).replace(', version: "1"', ''));
    expect((await loadPlan(pipeline)).predict.version).toBeNull();
    const out = join(folder, 'out.jsonl');
    await run('batch', pipeline, await events('events.jsonl'), '--out', out);
    const [line = ''] = (await readFile(out, 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ id: 'a', version: '2' });
  });

  it('writes nothing where there is no model', async () => {
    const pipeline = join(folder, 'pipeline.yaml');
    await cp(join(FLIGHTS, 'schemas'), join(folder, 'schemas'), { recursive: true });
    await cp(PIPELINE, pipeline);
    const file = await events('events.jsonl');
    const { code, err } = await run('batch', pipeline, file, '--out', join(folder, 'out.csv'));
    expect([code, err]).toEqual([1, expect.stringContaining('MODEL_NOT_FOUND')]);
    expect((await readdir(folder)).toSorted()).toEqual(['events.jsonl', 'pipeline.yaml', 'schemas']);
  });

  it.each([
    [['batch', PIPELINE, '--out', 'x.csv'], /missing argument EVENTS/],
    [['batch', PIPELINE, 'a.jsonl', '--out', 'x.txt'], /must end in .*\.parquet/],
    [['batch', PIPELINE, 'a.jsonl', 'b.jsonl', '--out', 'x.csv'], /found b\.jsonl/],
  ])('refuses %j as wrong use', async (args, message) => {
    expect(await run(...args)).toEqual({ code: 2, err: expect.stringMatching(message) });
  });
});
