import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { labelledModel, sumModel } from '@millrace/inference/testing';
import { loadPlan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: adds
events: { asked: { schema: asked.json, id: id, time: at } }
predict: { on: asked, key: id, model: adder }
features: [{ name: a, value: n }, { name: b, value: n }]
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-model-'));
  const properties = { id: { type: 'string' }, at: { type: 'string' }, n: { type: 'number' } };
  await writeFile(join(folder, 'asked.json'), JSON.stringify({ properties }));
  await writeFile(join(folder, 'pipeline.yaml'), PIPELINE);
  await writeFile(join(folder, 'sum.onnx'), sumModel(2));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (...names: string[]): string => join(folder, ...names);
const text = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(path(name), content);
  return path(name);
};
const run = async (...args: string[]) => {
  const context = {
    ...recordedContext(),
    loadPlan: (pipeline = path('pipeline.yaml')) => loadPlan(pipeline),
  };
  const code = await runProgram(['model', ...args], context);
  return { code, out: context.out(), err: context.err() };
};
const cardOf = async (version: string) =>
  JSON.parse(await readFile(path('models/adder', version, 'model.json'), 'utf8')) as Record<string, unknown>;

describe('millrace model add', () => {
  it('writes the next version, with checksum, signature, the vector, and what its trainer says of it', async () => {
    const card = await text('card.json', '{"metrics":{"auc":0.9},"trained_on":"2013-01..06","nan":false}');
    expect(await run('add', 'adder', path('sum.onnx'), '--card', card)).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /models\/adder\/1: model\.onnx, model\.json; SHA-256 [0-9a-f]{64}\ntakes features float32 \[N, 2\]\ngives sum float32 \[N, 1\]\n$/,
      ),
    });
    expect(await cardOf('1')).toEqual({
      metrics: { auc: 0.9 },
      trained_on: '2013-01..06',
      nan: false,
      created_at: expect.stringMatching(/^20.*Z$/),
      source: 'sum.onnx',
      features: ['a', 'b'],
      signature: {
        inputs: [{ name: 'features', type: 'float32', shape: ['N', 2] }],
        outputs: [{ name: 'sum', type: 'float32', shape: ['N', 1] }],
      },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: {},
    });
    await run('add', 'adder', await text('same.onnx', sumModel(2)), '--version', '9');
    expect((await run('add', 'adder', path('same.onnx'))).out).toContain('models/adder/10:');
  });

  it('changes no version: the same files are there already, others are refused', async () => {
    await run('add', 'adder', path('sum.onnx'), '--version', '1');
    const before = await cardOf('1');
    expect(await run('add', 'adder', path('sum.onnx'), '--version', '1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is there already, with the same files'),
    });
    const other = await text('other.onnx', sumModel(2, 1));
    expect(await run('add', 'adder', other, '--version', '1')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MODEL_EXISTS.*models\/adder\/1: of its model\.onnx the SHA-256 is .*--version/),
    });
    expect(await cardOf('1')).toEqual(before);
    expect(await readdir(path('models/adder'))).toEqual(['1']);
  });

  it('takes the files of weights beside a model with it', async () => {
    await mkdir(path('trained'));
    await text('trained/big.onnx', sumModel(2, 'N', 'big.onnx.data'));
    await text('trained/big.onnx.data', new Uint8Array(Float32Array.of(2, 3).buffer));
    const sample = await text('sample.csv', 'a,b,sum\n1,1,5\n');
    expect((await run('add', 'adder', path('trained/big.onnx'), '--sample', sample)).code).toBe(0);
    await rm(path('trained'), { recursive: true });
    expect((await readdir(path('models/adder/1'))).toSorted()).toEqual([
      'big.onnx.data',
      'model.json',
      'model.onnx',
      'sample.jsonl',
    ]);
    expect(await run('verify', 'adder')).toMatchObject({
      code: 0,
      out: expect.stringContaining('checksums are right: model.onnx, big.onnx.data, sample.jsonl'),
    });
    await writeFile(path('models/adder/1/big.onnx.data'), new Uint8Array(Float32Array.of(2, 4).buffer));
    expect(await run('verify', 'adder')).toMatchObject({ code: 1, err: expect.stringContaining('big.onnx.data has') });
  });

  it('keeps rows of features and answers, and refuses a model that answers otherwise', async () => {
    const wrong = await text('wrong.csv', 'a,b,sum\n1,2,3\n1,,\n4,4,9\n');
    expect(await run('add', 'adder', path('sum.onnx'), '--sample', wrong)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MODEL_SAMPLE_FAILED.*row 3 .*sum is 8, and should be 9/),
    });
    expect(await readdir(folder)).not.toContain('models');
    const right = await text('right.csv', 'a,b,sum\n0.1,2,2.1\n1,,\n');
    expect((await run('add', 'adder', path('sum.onnx'), '--sample', right)).code).toBe(0);
    expect(await readFile(path('models/adder/1/sample.jsonl'), 'utf8')).toBe(
      '{"inputs":{"a":0.1,"b":2},"outputs":{"sum":2.1},"tolerance":0.0001}\n' +
        '{"inputs":{"a":1,"b":null},"outputs":{"sum":null},"tolerance":0.0001}\n',
    );
  });

  it('adds a model of no known vector, and takes one from a pipeline file that is named', async () => {
    expect((await run('add', 'other', await text('three.onnx', labelledModel(3)))).code).toBe(0);
    expect((await run('add', 'second', path('sum.onnx'), '--features', path('pipeline.yaml'))).code).toBe(0);
    const listed = JSON.parse((await run('list', '--json')).out) as { model: string }[];
    expect(listed.map(({ model }) => model)).toEqual(['other', 'second']);
    expect((await run('verify', 'other')).out).toContain('loads; no vector to compare with');
    expect((await run('verify', 'second')).out).toContain('fits the features of its model.json');
  });

  it.each([
    [['adder'], 2, /found adder; MODEL and FILE/],
    [['../adder', 'sum.onnx'], 2, /found the model "\.\.\/adder"; allowed are 1 to 128 letters/],
    [['adder', 'sum.onnx', '--version', 'a/b'], 2, /found the version "a\/b"/],
    [['adder', 'three.onnx'], 1, /MODEL_MISMATCH.*takes features float32 \[N, 3\]; .*2 features/],
    [['adder', 'pipeline.txt'], 1, /MODEL_INVALID/],
    [['adder', 'away.onnx'], 1, /MODEL_INVALID/],
    [['adder', 'sum.onnx', '--sample', 'no-answers.csv'], 1, /has no column sum; a sample has what the model answers/],
    [['adder', 'sum.onnx', '--card', 'order.json'], 1, /feature 1 is a in the pipeline file and b in the model\.json/],
    [['adder', 'sum.onnx', '--card', 'sum.json'], 1, /says the SHA-256 00/],
  ])('ends badly for %j', async (words, code, said) => {
    await text('three.onnx', sumModel(3));
    await text('pipeline.txt', 'no model');
    await text('away.onnx', sumModel(2, 'N', '../away.data'));
    await text('no-answers.csv', 'a,b\n1,2\n');
    await text('order.json', '{"features":["b","a"]}');
    await text('sum.json', '{"sha256":"00"}');
    const args = words.map((word) => (/\.(onnx|txt|csv|json)$/.test(word) ? path(word) : word));
    expect(await run('add', ...args)).toMatchObject({ code, err: expect.stringMatching(said) });
    expect(await readdir(folder)).not.toContain('models');
  });
});

describe('millrace model list', () => {
  it('shows models and versions, and what is known of them', async () => {
    await run('add', 'adder', path('sum.onnx'));
    await mkdir(path('models/adder/2'));
    await writeFile(path('models/adder/2/model.onnx'), sumModel(2));
    await writeFile(path('models/adder/2/profile.json'), '{}');
    const { out } = await run('list', 'adder');
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['model', 'version', 'size', 'came', 'sha256', 'profile', 'sample', 'signature'],
      [
        'adder',
        '1',
        expect.stringMatching(/B$/),
        expect.stringMatching(/^20\d\d-/),
        expect.stringMatching(/^[0-9a-f]{12}$/),
        '-',
        '-',
        'features float32 [N, 2] -> sum float32 [N, 1]',
      ],
      ['adder', '2', expect.stringMatching(/B$/), expect.stringMatching(/^20\d\d-/), '-', 'yes', '-', '-'],
      [''],
    ]);
    const [first] = JSON.parse((await run('list', '--json')).out) as object[];
    expect(first).toMatchObject({
      model: 'adder',
      version: '1',
      profile: false,
      sample: false,
      bytes: expect.any(Number),
    });
  });

  it('says that there is no such folder, and no such model', async () => {
    expect(await run('list')).toMatchObject({ code: 1, err: expect.stringContaining('MODEL_NOT_FOUND') });
    await run('add', 'adder', path('sum.onnx'));
    expect(await run('list', 'addr')).toMatchObject({ code: 1, err: expect.stringContaining('the nearest is adder') });
  });
});

describe('millrace model verify', () => {
  it('sees that a version is whole, loads, fits the vector and answers its sample rows', async () => {
    await run('add', 'adder', path('sum.onnx'), '--sample', await text('rows.csv', 'a,b,sum\n1,2,3\n'));
    expect(await run('verify', 'adder/1')).toMatchObject({
      code: 0,
      out: "adder 1\nchecksums are right: model.onnx, sample.jsonl\nloads, and fits the pipeline file's vector\nanswers its 1 sample rows as they say\n",
    });
    expect(JSON.parse((await run('verify', 'adder', '--json')).out)).toEqual({
      model: 'adder',
      version: '1',
      checksums: ['model.onnx', 'sample.jsonl'],
      vector: 'pipeline',
      sample_rows: 1,
    });
  });

  it.each([
    ['a model that was changed', 'model.onnx', sumModel(2, 1), /MODEL_INVALID.*SHA-256/],
    ['rows that were changed', 'sample.jsonl', '', /MODEL_INVALID.*sample\.jsonl has the SHA-256/],
    ['a card that is none', 'model.json', '[]', /MODEL_INVALID.*must be a JSON object/],
  ])('ends with 1 for %s', async (_, file, content, said) => {
    await run('add', 'adder', path('sum.onnx'), '--sample', await text('rows.csv', 'a,b,sum\n1,2,3\n'));
    await writeFile(path('models/adder/1', file), content);
    expect(await run('verify', 'adder')).toMatchObject({ code: 1, err: expect.stringMatching(said) });
  });

  it('ends with 1 for a version of another vector, and one that answers its rows otherwise', async () => {
    await mkdir(path('models/adder/1'), { recursive: true });
    await writeFile(path('models/adder/1/model.onnx'), sumModel(3));
    expect(await run('verify', 'adder')).toMatchObject({ code: 1, err: expect.stringContaining('MODEL_MISMATCH') });
    await writeFile(path('models/adder/1/model.onnx'), sumModel(2));
    await writeFile(path('models/adder/1/sample.jsonl'), '{"inputs":{"a":1,"b":1},"outputs":{"sum":3}}');
    expect(await run('verify', 'adder')).toMatchObject({
      code: 1,
      err: expect.stringContaining('MODEL_SAMPLE_FAILED'),
    });
  });
});
