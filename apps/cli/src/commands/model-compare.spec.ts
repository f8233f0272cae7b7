import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lookupModel, sumModel } from '@millrace/inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));
const HOUR = 3_600_000;

const PIPELINE = `
apiVersion: millrace/v1
name: lookups
events:
  asked: { schema: event.json, id: id, time: at }
  ended: { schema: event.json, id: id, time: at }
predict: { on: asked, key: id, model: lookup }
features: [{ name: n, value: n }]
`;
const OUTCOME = 'outcome: { from: ended, id: id, label: "n", within: 1h }\n';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-compare-'));
  const properties = { id: { type: 'string' }, at: { type: 'integer' }, n: { type: 'number' } };
  await write('event.json', JSON.stringify({ properties, required: ['n'] }));
  await write('pipeline.yaml', PIPELINE + OUTCOME);
  await write('unlabelled.yaml', PIPELINE);
  for (const [version, table] of [
    ['1', [0.1, 0.6, 0.9, 0.4]],
    ['2', [0.2, 0.45, 0.9, 0.45]],
  ] as const)
    await write(`models/lookup/${version}/model.onnx`, lookupModel(1, table));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  return file;
}

/** Requests for entries of the table, and afterwards the labels of some. */
function events(asked: readonly number[], ended: readonly (number | null)[], afterMs = HOUR): Promise<string> {
  const requests = asked.map((n, i) => ({ type: 'asked', id: `${i}`, at: i, n }));
  const outcomes = ended.flatMap((n, i) => (n === null ? [] : [{ type: 'ended', id: `${i}`, at: i + afterMs, n }]));
  return write('events.jsonl', [...requests, ...outcomes].map((event) => JSON.stringify(event)).join('\n'));
}

async function compare(...words: readonly string[]) {
  const context = recordedContext();
  const code = await runProgram(['model', 'compare', ...words], context);
  return { code, out: context.out(), err: context.err() };
}

const inFolder = (name: string): string => join(folder, name);

describe('millrace model compare', () => {
  it('tells how far apart two versions are, how good each is, and what each costs', async () => {
    const file = await events([0, 1, 2, 3], [0, 1, 1, 0]);
    const { code, out, err } = await compare('lookup/1', 'lookup', inFolder('pipeline.yaml'), file, '--json');
    expect([code, err]).toEqual([0, '']);
    const { a, b, outputs, ...rest } = JSON.parse(out) as Record<string, Record<string, number>>;
    expect(rest).toEqual({ rows: 4, batch_rows: 256, workers: expect.any(Number), unmatched_outputs: [] });
    expect([a, b]).toMatchObject([
      {
        model: 'lookup',
        version: '1',
        provider: 'cpu',
        failed_rows: 0,
        file_bytes: lookupModel(1, [0, 0, 0, 0]).length,
      },
      { model: 'lookup', version: '2' },
    ]);
    for (const { rows_per_s, session_bytes } of [a, b] as Record<string, number>[]) {
      expect(rows_per_s).toBeGreaterThan(10);
      expect(session_bytes).toBeGreaterThanOrEqual(0);
    }
    expect(outputs).toEqual([
      {
        name: 'found',
        non_finite_rows: 0,
        difference: {
          rows: 4,
          mean: expect.closeTo(0.075, 6),
          p50: expect.closeTo(0.05, 6),
          p90: expect.closeTo(0.15, 6),
          p99: expect.closeTo(0.15, 6),
          max: expect.closeTo(0.15, 6),
          rank_correlation: expect.closeTo(0.948683, 6),
          flipped_share: 0.25,
        },
        a: { auc: 1, log_loss: expect.closeTo(0.30809, 4), brier: expect.closeTo(0.085, 6), accuracy: 1 },
        b: { auc: 0.875, log_loss: expect.closeTo(0.431222, 4), brier: expect.closeTo(0.13875, 6), accuracy: 0.75 },
      },
    ]);
  }, 60_000);

  it('compares a file with a version in a table for people, on the flights', async () => {
    const model = join(FLIGHTS, 'models/arrival-delay/1/model.onnx');
    const lines = Array.from({ length: 40 }, (_, i) => flight(i)).map((event) => JSON.stringify(event));
    const file = await write('flights.jsonl', lines.join('\n'));
    const { code, out, err } = await compare('arrival-delay/2', model, join(FLIGHTS, 'pipeline.yaml'), file);
    expect([code, err]).toEqual([0, expect.stringContaining('no metrics: the file has no arrived with a label')]);
    expect(out).toMatch(/^40 rows scored by both, in batches of 256 on \d+ worker/);
    for (const row of [
      /^model +arrival-delay 2 +\/.*model.onnx \(a file\)$/,
      /^file +0\.51 MB +0\.51 MB +× 1\.00$/,
      /^rows\/s +[\d,]+ +[\d,]+ +× \d/,
      /^\|A - B\|, max +0\.\d+$/,
      /^other class at 0\.5 +\d+\.\d+ %$/,
    ])
      expect(out.split('\n')).toContainEqual(expect.stringMatching(row));
  }, 60_000);

  it('leaves out rows that a model fails on, and says how many', async () => {
    const wide = await write('wide.onnx', lookupModel(1, [0.1, 0.6, 0.9, 0.4, 0.5]));
    const file = await events([0, 4, 1, 2], []);
    const { out } = await compare('lookup/1', wide, inFolder('unlabelled.yaml'), file, '--json');
    expect(JSON.parse(out)).toMatchObject({
      rows: 3,
      a: { failed_rows: 1 },
      b: { failed_rows: 0 },
      outputs: [{ difference: { max: 0 } }],
    });
    const none = await compare('lookup/1', wide, inFolder('unlabelled.yaml'), await events([4, 4], []));
    expect(none).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /not one of 2 requests is scored by both models\. A fails on 2 \(id 0: .*\); B fails on 0/,
      ),
    });
  }, 60_000);

  it('says why metrics are missing', async () => {
    const file = await events([0, 1], [1, 1]);
    const { code, out, err } = await compare('lookup/1', 'lookup/2', inFolder('pipeline.yaml'), file);
    expect([code, err]).toEqual([0, 'no AUC: all 2 labels are 1; it needs both classes\n']);
    expect(out).toMatch(/^log loss +1\.40671 +1\.20397 +-0\.20273$/m);
    expect(out).not.toMatch(/AUC/);
  }, 60_000);

  it('says before it reads events that a model is not there or does not fit', async () => {
    const ask = async (a: string, b = 'lookup/1') => (await compare(a, b, inFolder('pipeline.yaml'), 'none.jsonl')).err;
    expect(await ask('lookup/9')).toMatch(/MODEL_NOT_FOUND.*There is 1, 2/);
    expect(await ask('lokup')).toMatch(/MODEL_NOT_FOUND.*the nearest is lookup/);
    expect(await ask('gone.onnx')).toMatch(/MODEL_NOT_FOUND.*there is no file gone\.onnx/);
    expect(await ask('lookup/1', await write('sum.onnx', sumModel(3)))).toMatch(
      /MODEL_MISMATCH.*sum\.onnx \(a file\) takes.*needs one input float32 or float64 \[N, 1\]/,
    );
    expect(await ask('lookup/1', await write('sum1.onnx', sumModel(1)))).toMatch(
      /MODEL_MISMATCH.*gives found.*gives sum: none is the same/,
    );
    expect(await ask('lookup/1')).toMatch(/INPUT_INVALID.*none\.jsonl: there is no such file/);
  }, 60_000);

  it('wants requests among the events, and says what was left out', async () => {
    const file = await write(
      'bad.jsonl',
      '{"type":"ended","id":"1","at":1,"n":1}\n{"type":"asked","id":"1","at":1,"n":"x"}',
    );
    expect(await compare('lookup/1', 'lookup/2', inFolder('pipeline.yaml'), file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /1 event left out.*SCHEMA_VIOLATION, line 2.*\n.*INPUT_INVALID.*has no asked that is sound/,
      ),
    });
  }, 60_000);

  it.each([
    [['lookup/1', 'lookup/2', 'pipeline.yaml'], /two models .* a file of events and at most one pipeline file/],
    [['lookup/1', 'lookup/2', 'a.jsonl', 'b.jsonl'], /found lookup\/1 lookup\/2 a\.jsonl b\.jsonl/],
    [['a/b/c', 'lookup/2', join(FLIGHTS, 'pipeline.yaml'), 'a.jsonl'], /found a\/b\/c; MODEL, MODEL\/VERSION or/],
  ])('ends with 2 for %j', async (words, message) => {
    expect(await compare(...words)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});

function flight(i: number) {
  const at = new Date(Date.UTC(2013, 10, 12, 10, i));
  const due = {
    carrier: 'MQ',
    flight: i,
    tailnum: `N${i}`,
    origin: 'LGA',
    dest: 'CLT',
    distance: 100 + 50 * i,
    seats: null,
  };
  const sched_dep = new Date(at.getTime() + HOUR).toISOString();
  return { type: 'departure_due', id: `f${i}`, at: at.toISOString(), sched_dep, ...due };
}
