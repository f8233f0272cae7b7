import { expect, it } from 'vitest';

import { extension } from './extension.ts';
import { answerOf } from './infer-answer.ts';
import { inferJson } from './infer-request.ts';
import { BATCHES, sampleInputs } from './sample-inputs.ts';
import { target } from './target.ts';

const OUTPUTS = target.model.outputs.filter(({ datatype }) => datatype !== 'BYTES').map(({ name }) => name);

extension('classification', () => {
  it.each(OUTPUTS)('gives for %s texts of the highest values and their places, highest first', async (name) => {
    const plain = answerOf(await inferJson(sampleInputs(1), { outputs: [{ name }] })).outputs[0];
    const count = Math.min(3, plain?.elements.length ?? 0);
    const [output] = await classified(name, count);
    expect(output).toMatchObject({ datatype: 'BYTES', elements: expect.any(Array) });
    const classes = (output?.elements ?? []).map((text) => /^(.*?):(\d+)(?::.*)?$/s.exec(String(text)));
    const places = classes.map((found) => Number(found?.[2]));
    const highest = plain?.elements.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, count) ?? [];
    expect(places.map((place) => plain?.elements[place])).toEqual(highest);
    classes.forEach((found, i) => expect(Number(found?.[1])).toBeCloseTo(Number(highest[i]), 5));
  });

  it.runIf(BATCHES).each(OUTPUTS)('has for %s the shape of the batch and of the count', async (name) => {
    expect((await classified(name, 1, 2))[0]?.shape).toEqual([2, 1]);
  });
});

async function classified(name: string, count: number, rows = 1) {
  const outputs = [{ name, parameters: { classification: count } }];
  return answerOf(await inferJson(sampleInputs(rows), { outputs })).outputs;
}
