import { describe, expect, it } from 'vitest';

import { expectRefused, get, post, type HttpAnswer } from './http-door.ts';
import { answerOf, valuesOf } from './infer-answer.ts';
import { inferJson, jsonInput, jsonRequest } from './infer-request.ts';
import { INPUTS, sampleInputs, type SampleInput } from './sample-inputs.ts';
import { ANOTHER_MODEL, MODEL } from './target.ts';

type JsonInput = Readonly<Record<string, unknown>> & {
  readonly data: readonly unknown[];
  readonly shape: readonly number[];
};

const [FIRST] = INPUTS.map(({ name }) => name);
/** Requests that no reading of the protocol makes sense of, as changes of the first input. */
const WRONG_INPUTS: Readonly<Record<string, (input: JsonInput) => object>> = {
  'no name': ({ name: _name, ...input }) => input,
  'a name that is no text': (input) => ({ ...input, name: 7 }),
  'no datatype': ({ datatype: _datatype, ...input }) => input,
  'a datatype that there is not': (input) => ({ ...input, datatype: 'FP31' }),
  'no shape': ({ shape: _shape, ...input }) => input,
  'a shape that is no list': (input) => ({ ...input, shape: 'wide' }),
  'a negative size': (input) => ({ ...input, shape: input.shape.map((size) => -size) }),
  'no data': ({ data: _data, ...input }) => input,
  'data that is no list': (input) => ({ ...input, data: {} }),
  'an element too few': (input) => ({ ...input, data: input.data.slice(1) }),
  'an element too many': (input) => ({ ...input, data: [...input.data, ...input.data.slice(0, 1)] }),
  'an element that is an object': (input) => ({ ...input, data: input.data.with(0, {}) }),
  'a text that is no number': (input) => ({ ...input, data: input.data.with(0, 'seven') }),
};

/** What a server may take for something, or refuse. */
const DOUBTFUL_INPUTS: Readonly<Record<string, (input: JsonInput) => object>> = {
  'another datatype': (input) => ({ ...input, datatype: input['datatype'] === 'FP64' ? 'FP32' : 'FP64' }),
  'a number as text': (input) => ({ ...input, data: input.data.with(0, '1') }),
  null: (input) => ({ ...input, data: input.data.with(0, null) }),
  'a dimension more': (input) => ({ ...input, shape: [1, ...input.shape] }),
  'another name': (input) => ({ ...input, name: 'no-input-has-this-name' }),
  'a field that there is not': (input) => ({ ...input, colour: 'red' }),
};

describe('a request that is wrong is refused with an error object', () => {
  it.each(Object.keys(WRONG_INPUTS))('an input with %s', async (what) => {
    expectRefused(await inferChanged(WRONG_INPUTS[what] as (input: JsonInput) => object));
  });

  it.each([
    ['no JSON', '{"inputs": ['],
    ['a list', '[]'],
    ['a text', '"inputs"'],
    ['nothing', ''],
    ['no inputs', '{}'],
    ['inputs that are no list', '{"inputs": {}}'],
    ['an input that is no object', '{"inputs": [7]}'],
    ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ])('a body of %s', async (_, body) => {
    expectRefused(await post(`${MODEL}/infer`, body));
  });

  it('an id that is no text', async () => {
    expectRefused(await post(`${MODEL}/infer`, { ...jsonRequest(), id: { text: '42' } }));
  });

  it('outputs that are no list', async () => {
    expectRefused(await post(`${MODEL}/infer`, { ...jsonRequest(), outputs: 'all' }));
  });

  it.each([ANOTHER_MODEL, `${ANOTHER_MODEL}/versions/1`, `${MODEL}/versions/987654321`])('%s/infer', async (path) => {
    expectRefused(await post(`${path}/infer`, jsonRequest()));
  });

  it.runIf(INPUTS.length > 1)('an input too few', async () => {
    expectRefused(await inferJson(sampleInputs().slice(1)));
  });
});

describe('a request of which the protocol does not say whether it is wrong', () => {
  it.each(Object.keys(DOUBTFUL_INPUTS))(
    'is answered or refused, and neither breaks the server: an input with %s',
    async (what) => {
      const answer = await inferChanged(DOUBTFUL_INPUTS[what] as (input: JsonInput) => object);
      if (answer.status === 200) answerOf(answer);
      else expectRefused(answer);
    },
  );
});

describe('after all of that', () => {
  it('the server is ready, and answers as before', async () => {
    const before = valuesOf(answerOf(await inferJson()));
    for (const change of Object.values({ ...WRONG_INPUTS, ...DOUBTFUL_INPUTS })) await inferChanged(change);
    expect((await get('/v2/health/ready')).status).toBe(200);
    expect(valuesOf(answerOf(await inferJson()))).toEqual(before);
  });
});

function inferChanged(change: (input: JsonInput) => object): Promise<HttpAnswer> {
  const changed = (input: SampleInput): object =>
    input.name === FIRST ? change(jsonInput(input) as JsonInput) : jsonInput(input);
  return post(`${MODEL}/infer`, { inputs: sampleInputs().map(changed) });
}
