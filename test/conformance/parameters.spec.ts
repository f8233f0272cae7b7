import { describe, expect, it } from 'vitest';

import { expectRefused, post } from './http-door.ts';
import { answerOf, valuesOf } from './infer-answer.ts';
import { inferJson, jsonInput, jsonRequest } from './infer-request.ts';
import { sampleInputs } from './sample-inputs.ts';
import { MODEL, target } from './target.ts';

const OUTPUTS = target.model.outputs.map(({ name }) => name);
/** "the "value" is a $string, $number, or $boolean"; names that no server has a meaning for. */
const PARAMETERS = { conformance_text: 'x', conformance_number: 1.5, conformance_boolean: true };

describe('parameters', () => {
  it('may be there, and empty, of a request, an input and an output', async () => {
    expect(valuesOf(answerOf(await withParameters({})))).toEqual(valuesOf(answerOf(await inferJson())));
  });

  it('may be texts, numbers and booleans', async () => {
    expect(valuesOf(answerOf(await withParameters(PARAMETERS)))).toEqual(valuesOf(answerOf(await inferJson())));
  });

  it('are an object', async () => {
    expectRefused(await post(`${MODEL}/infer`, { ...jsonRequest(), parameters: 'none' }));
  });
});

describe('outputs', () => {
  it.each(OUTPUTS)('are those that are asked for: %s', async (name) => {
    const { outputs } = answerOf(await inferJson(undefined, { outputs: [{ name }] }));
    expect(outputs.map((output) => output.name)).toEqual([name]);
  });

  it('are all of them, if all are asked for', async () => {
    const outputs = OUTPUTS.toReversed().map((name) => ({ name }));
    const found = answerOf(await inferJson(undefined, { outputs }));
    expect(found.outputs.map(({ name }) => name).toSorted()).toEqual(OUTPUTS.toSorted());
  });

  it('are none that the model does not have', async () => {
    expectRefused(await inferJson(undefined, { outputs: [{ name: 'no-output-has-this-name' }] }));
  });
});

function withParameters(parameters: object) {
  return post(`${MODEL}/infer`, {
    parameters,
    inputs: sampleInputs().map((input) => ({ ...jsonInput(input), parameters })),
    outputs: OUTPUTS.map((name) => ({ name, parameters })),
  });
}
