import { describe, expect, it } from 'vitest';

import { jsonOf, post } from './http-door.ts';
import { answerOf, valuesOf } from './infer-answer.ts';
import { inferJson, jsonInput, jsonRequest } from './infer-request.ts';
import { BATCHES, sampleInputs, sizeOf, type SampleInput } from './sample-inputs.ts';
import { MODEL, MODEL_PATHS, target } from './target.ts';

describe('inference in JSON', () => {
  it.each(MODEL_PATHS)('answers at %s/infer with all outputs of the metadata', async (path) => {
    const answer = await post(`${path}/infer`, jsonRequest());
    jsonOf(answer);
    const { rest, outputs } = answerOf(answer);
    expect(rest['model_name']).toBe(target.model.name);
    expect(outputs.map(({ name }) => name).toSorted()).toEqual(target.model.outputs.map(({ name }) => name).toSorted());
  });

  it('gives outputs of the datatypes and shapes of the metadata', async () => {
    const { outputs } = answerOf(await inferJson());
    for (const { name, datatype, shape } of target.model.outputs) {
      const output = outputs.find((one) => one.name === name);
      expect(output?.datatype).toBe(datatype);
      expect(output?.shape).toEqual(shape.map((size) => (size < 0 ? expect.any(Number) : size)));
    }
  });

  it.runIf(target.model.versions.length > 0)('says which version has answered, and that one is listed', async () => {
    expect(target.model.versions).toContain(answerOf(await inferJson()).rest['model_version']);
  });

  it('takes tensors "in their nature multi-dimensional representation, or as a flattened one-dimensional" one', async () => {
    const flat = answerOf(await inferJson());
    const inputs = sampleInputs().map((input) => ({ ...jsonInput(input), data: nested(input) }));
    expect(valuesOf(answerOf(await post(`${MODEL}/infer`, { inputs })))).toEqual(valuesOf(flat));
  });

  it('returns the id of the request', async () => {
    for (const id of ['42', 'a "quoted" text, ünïcode'])
      expect(answerOf(await inferJson(undefined, { id })).rest['id']).toBe(id);
  });

  it('does not mind the order of fields, nor white space', async () => {
    const { inputs, ...rest } = jsonRequest(undefined, { id: '42' });
    const body = JSON.stringify({ inputs, ...rest }, null, 2);
    expect(answerOf(await post(`${MODEL}/infer`, body)).rest['id']).toBe('42');
  });

  it('answers the same request in the same way, alone and among others', async () => {
    const alone = valuesOf(answerOf(await inferJson()));
    const among = await Promise.all(Array.from({ length: 20 }, () => inferJson()));
    for (const answer of among) expect(valuesOf(answerOf(answer))).toEqual(alone);
  });

  it.runIf(BATCHES)(
    'answers a batch row by row: "the shape and data represents the full shape of the entire batch"',
    async () => {
      const whole = answerOf(await inferJson(sampleInputs(3)));
      const rows = await Promise.all([0, 1, 2].map(async (row) => answerOf(await inferJson(sampleInputs(1, row)))));
      for (const [place, { elements, shape }] of whole.outputs.entries()) {
        expect(shape[0]).toBe(3);
        expect(elements).toEqual(rows.flatMap(({ outputs }) => outputs[place]?.elements));
      }
    },
  );
});

/** Row-major: the last dimension is innermost. */
function nested({ shape, ...input }: SampleInput): unknown {
  const { data } = jsonInput({ shape, ...input }) as { data: readonly unknown[] };
  const within = (elements: readonly unknown[], [size = 0, ...inner]: readonly number[]): readonly unknown[] => {
    if (inner.length === 0) return elements;
    const step = sizeOf(inner);
    return Array.from({ length: size }, (_, i) => within(elements.slice(i * step, (i + 1) * step), inner));
  };
  return within(data, shape);
}
