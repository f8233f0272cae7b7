import { readFile } from 'node:fs/promises';

import { SystemClock } from '@millrace/core';
import { makeTensor, type Tensor, type TensorInfo } from '@millrace/tensors';
import { afterEach, describe, expect, it } from 'vitest';

import { loadModel } from './load-model.ts';
import { loadTensorModel } from './load-tensor-model.ts';

/** What `make-fixtures.py` writes: the libraries' own answers to some rows. */
interface Fixture {
  readonly inputs: Readonly<Record<string, readonly unknown[]>>;
  readonly classes?: readonly string[];
  readonly label?: readonly string[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly value?: readonly number[];
}

const FOLDER = new URL('./testing/exporters/', import.meta.url);
const open: { close(): Promise<void> }[] = [];

afterEach(async () => void (await Promise.all(open.splice(0).map((model) => model.close()))));

const fixtureOf = async (name: string): Promise<Fixture> =>
  JSON.parse(await readFile(new URL(`${name}.json`, FOLDER), 'utf8')) as Fixture;

const optionsOf = (name: string) => ({
  files: { name, version: '1', modelFile: new URL(`${name}.onnx`, FOLDER).pathname, profileFile: null, card: null },
  batch: { rows: 8, deadlineMs: 20 },
  clock: new SystemClock(),
  workers: 1,
});

async function opened<T extends { close(): Promise<void> }>(loading: Promise<T>): Promise<T> {
  const model = await loading;
  open.push(model);
  return model;
}

function inputOf({ name, datatype, shape }: TensorInfo, { inputs }: Fixture): Tensor {
  const values = inputs[name]?.flat() ?? [];
  const whole = [inputs[name]?.length ?? 0, ...shape.slice(1)];
  if (datatype === 'BYTES')
    return makeTensor(
      name,
      datatype,
      whole,
      (values as readonly string[]).map((text) => Buffer.from(text)),
    );
  if (datatype === 'INT64') return makeTensor(name, datatype, whole, BigInt64Array.from(values as number[], BigInt));
  return makeTensor(name, 'FP32', whole, Float32Array.from(values as number[]));
}

const textsOf = ({ datatype, data }: Tensor): readonly string[] =>
  datatype === 'BYTES' ? data.map((bytes) => Buffer.from(bytes).toString()) : Array.from(data, String);

const close = (values: readonly number[]): readonly unknown[] =>
  values.map((value) => expect.closeTo(value, 5) as unknown);

/** Model, output of the label, output of the probabilities, datatype of the label. */
const CLASSIFIERS = [
  ['logistic', 'output_label', 'output_probability', 'INT64'],
  ['logistic-words', 'output_label', 'output_probability', 'BYTES'],
  ['logistic-plain', 'label', 'probabilities', 'BYTES'],
  ['forest', 'output_label', 'output_probability', 'INT64'],
  ['forest-plain', 'label', 'probabilities', 'INT64'],
  ['bayes-plain', 'label', 'probabilities', 'BYTES'],
  ['lightgbm', 'label', 'probabilities', 'INT64'],
  ['lightgbm-words', 'label', 'probabilities', 'BYTES'],
  ['xgboost', 'label', 'probabilities', 'INT64'],
  ['xgboost-three', 'label', 'probabilities', 'INT64'],
] as const;

describe('a classifier as it is exported', () => {
  it.each([...CLASSIFIERS, ['columns', 'output_label', 'output_probability', 'BYTES'] as const])(
    'gives the doors the label and the probabilities that its library gives: %s',
    async (name, label, probabilities, datatype) => {
      const fixture = await fixtureOf(name);
      const { classes = [], label: labels = [], probabilities: wanted = [] } = fixture;
      const model = await opened(loadTensorModel(optionsOf(name)));
      expect([model.mostRows > 0, model.batchRows]).toEqual([true, 8]);
      expect(model.outputs).toEqual([
        { name: label, datatype, shape: [-1] },
        { name: probabilities, datatype: 'FP32', shape: [-1, classes.length] },
      ]);
      const inputs = model.inputs.map((info) => inputOf(info, fixture));
      const [said, likely] = (await model.infer(inputs, [label, probabilities])) as [Tensor, Tensor];
      expect(textsOf(said)).toEqual(labels);
      expect([...(likely.data as Float32Array)]).toEqual(close(wanted.flat()));
    },
  );

  it.each(CLASSIFIERS)(
    'gives the stream its label and a probability per class, under the names of the classes: %s',
    async (name, label, probabilities) => {
      const { inputs, classes = [], label: labels, probabilities: wanted = [] } = await fixtureOf(name);
      const model = await opened(loadModel({ ...optionsOf(name), vector: ['a', 'b', 'c', 'd'], outputs: null }));
      expect(model.outputs).toEqual([label, ...classes.map((one) => `${probabilities}.${one}`)]);
      const [rows] = Object.values(inputs) as [readonly (readonly number[])[]];
      const outcomes = await model.score(rows.map((row) => Float32Array.from(row)));
      const values = outcomes.map((outcome) => (outcome.ok ? outcome.value : new Float64Array()));
      const texts = model.labels?.get(label);
      expect(values.map(([place = -1]) => texts?.[place] ?? String(place))).toEqual(labels);
      values.forEach((value, i) => expect([...value.subarray(1)]).toEqual(close(wanted[i] as number[])));
    },
  );

  it('gives the stream the one column that is picked, and the doors all of the output', async () => {
    const fixture = await fixtureOf('lightgbm-words');
    const { probabilities = [] } = fixture;
    const outputs = new Map([['probabilities.on time', 'punctual']]);
    const model = await opened(loadModel({ ...optionsOf('lightgbm-words'), vector: ['a', 'b', 'c', 'd'], outputs }));
    expect(model.outputs).toEqual(['punctual']);
    const input = inputOf(model.tensors.inputs[0] as TensorInfo, { inputs: { input: fixture.inputs['input'] ?? [] } });
    const [all] = await model.tensors.infer([input], ['probabilities']);
    expect(Array.from(all?.data as Float32Array)).toEqual(close(probabilities.flat()));
    const rows = (fixture.inputs['input'] as readonly number[][]).map((row) => Float32Array.from(row));
    const picked = (await model.score(rows)).map((outcome) => (outcome.ok ? outcome.value : []));
    expect(picked.flatMap((value) => [...value])).toEqual(close(probabilities.map((row) => row[2] as number)));
  });

  it('gives the doors the text of a label as the stream has it', async () => {
    const fixture = await fixtureOf('logistic-words');
    const model = await opened(
      loadModel({ ...optionsOf('logistic-words'), vector: ['a', 'b', 'c', 'd'], outputs: null }),
    );
    expect(model.tensors.outputs[0]).toEqual({ name: 'output_label', datatype: 'BYTES', shape: [-1] });
    const input = inputOf({ ...(model.tensors.inputs[0] as TensorInfo), name: 'X' }, fixture);
    const [label] = await model.tensors.infer([input], ['output_label']);
    expect(textsOf(label as Tensor)).toEqual(fixture.label);
  });

  it('gives the columns that its exporter has made of the classes', async () => {
    const { inputs, probabilities = [] } = await fixtureOf('logistic-columns');
    const outputs = new Map([['slate', 'late']]);
    const model = await opened(loadModel({ ...optionsOf('logistic-columns'), vector: ['a', 'b', 'c', 'd'], outputs }));
    const rows = (inputs['X'] as readonly number[][]).map((row) => Float32Array.from(row));
    const found = (await model.score(rows)).flatMap((outcome) => (outcome.ok ? [...outcome.value] : []));
    expect(found).toEqual(close(probabilities.map((row) => row[1] as number)));
  });
});

describe('a pipeline with an input per column', () => {
  const categories = new Map([['carrier', ['AA', 'B6', 'UA']]]);
  const options = { ...optionsOf('columns'), vector: ['carrier', 'distance', 'hour'], categories, outputs: null };
  const vectorsOf = ({ inputs }: Fixture): readonly Float32Array[] =>
    (inputs['carrier'] ?? []).map((carrier, i) => {
      const at = (name: string): number => inputs[name]?.[i] as number;
      return Float32Array.of(categories.get('carrier')?.indexOf(carrier as string) ?? -1, at('distance'), at('hour'));
    });

  it('takes the features by their names, and categories as texts, and gives the stream what its library gives', async () => {
    const fixture = await fixtureOf('columns');
    const model = await opened(loadModel(options));
    const outcomes = await model.score(vectorsOf(fixture));
    const values = outcomes.map((outcome) => (outcome.ok ? outcome.value : new Float64Array()));
    expect(values.map(([place = -1]) => model.labels?.get('output_label')?.[place])).toEqual(fixture.label);
    expect(values.flatMap((value) => [...value.subarray(1)])).toEqual(close(fixture.probabilities?.flat() ?? []));
  });

  it('gives the doors what the model itself takes', async () => {
    const fixture = await fixtureOf('columns');
    const { tensors } = await opened(loadModel(options));
    const inputs = tensors.inputs.map((info) => inputOf(info, fixture));
    const [likely] = await tensors.infer(inputs, ['output_probability']);
    expect(Array.from(likely?.data as Float32Array)).toEqual(close(fixture.probabilities?.flat() ?? []));
  });

  it('takes a category that is not in the list, or null, as a text that the model does not know', async () => {
    const model = await opened(loadModel(options));
    const tensors = await opened(loadTensorModel(optionsOf('columns')));
    const inputs = { distance: [1], hour: [5], carrier: [''] };
    const empty = tensors.inputs.map((info) => inputOf(info, { inputs }));
    const [unknown] = await tensors.infer(empty, ['output_probability']);
    const found = await model.score([Float32Array.of(3, 1, 5), Float32Array.of(Number.NaN, 1, 5)]);
    for (const outcome of found)
      expect(outcome.ok && [...outcome.value.subarray(1)]).toEqual(close(Array.from(unknown?.data as Float32Array)));
  });

  it.each([
    [Number.NaN, 'NaN'],
    [3.5, '3.5'],
  ])('refuses a row that has %s where the model takes integers, and scores its neighbours', async (hour, said) => {
    const model = await opened(loadModel(options));
    const [wrong, right] = await model.score([Float32Array.of(0, 1, hour), Float32Array.of(0, 1, 3)]);
    const detail = `found ${said} in hour, which the model takes as INT64`;
    expect(wrong).toMatchObject({ ok: false, error: { code: 'MODEL_FAILED', detail } });
    expect(right?.ok).toBe(true);
  });

  it.each([
    ['a feature that is no input', { vector: ['carrier', 'distance', 'hour', 'more'] }],
    ['an input that is no feature', { vector: ['carrier', 'distance'] }],
    ['a text that has no categories', { categories: new Map() }],
  ])('is refused for %s', async (_, change) => {
    await expect(loadModel({ ...options, ...change })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });
});

describe('a regressor as it is exported', () => {
  it.each(['forest-value', 'lightgbm-value', 'xgboost-value'])(
    'gives doors and stream the value that its library gives: %s',
    async (name) => {
      const fixture = await fixtureOf(name);
      const tensors = await opened(loadTensorModel(optionsOf(name)));
      const [found] = await tensors.infer(
        tensors.inputs.map((info) => inputOf(info, fixture)),
        ['variable'],
      );
      expect(Array.from(found?.data as Float32Array)).toEqual(close(fixture.value ?? []));
      const model = await opened(loadModel({ ...optionsOf(name), vector: ['a', 'b', 'c', 'd'], outputs: null }));
      const [rows] = Object.values(fixture.inputs) as [readonly (readonly number[])[]];
      const outcomes = await model.score(rows.map((row) => Float32Array.from(row)));
      expect(outcomes.flatMap((outcome) => (outcome.ok ? [...outcome.value] : []))).toEqual(close(fixture.value ?? []));
    },
  );
});
