import { expect, it } from 'vitest';

import { toBytes } from './datatypes.ts';
import { extension } from './extension.ts';
import { expectRefused, post } from './http-door.ts';
import { answerOf, valuesOf } from './infer-answer.ts';
import { inferBinary, inferJson, sendBinary } from './infer-request.ts';
import { INPUTS, sampleInputs } from './sample-inputs.ts';
import { MODEL, target } from './target.ts';

const OUTPUTS = target.model.outputs.map(({ name }) => name);
const ALL_BINARY = { parameters: { binary_data_output: true } };
const asked = (binary: boolean) => OUTPUTS.map((name) => ({ name, parameters: { binary_data: binary } }));

extension('binary_tensor_data', () => {
  it('takes inputs as bytes behind the JSON for the same values', async () => {
    const { outputs } = answerOf(await inferBinary());
    expect(outputs.map(({ binary }) => binary)).toEqual(OUTPUTS.map(() => false));
    expect(valuesOf(answerOf(await inferBinary()))).toEqual(valuesOf(answerOf(await inferJson())));
  });

  it.each([
    ['by binary_data_output', ALL_BINARY],
    ['by binary_data_output, and by name', { ...ALL_BINARY, outputs: OUTPUTS.map((name) => ({ name })) }],
    ['by binary_data', { outputs: asked(true) }],
    [
      'by binary_data, in spite of binary_data_output',
      { outputs: asked(true), parameters: { binary_data_output: false } },
    ],
  ])('gives all outputs as bytes where they are asked for %s', async (_, rest) => {
    for (const answer of [await inferJson(undefined, rest), await inferBinary(undefined, rest)]) {
      const read = answerOf(answer);
      expect(read.outputs.map(({ binary }) => binary)).toEqual(OUTPUTS.map(() => true));
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(valuesOf(read)).toEqual(valuesOf(answerOf(await inferJson())));
    }
  });

  it('gives JSON where binary_data is false: "it overrides" binary_data_output', async () => {
    const answer = await inferJson(undefined, { ...ALL_BINARY, outputs: asked(false) });
    expect(answerOf(answer).outputs.map(({ binary }) => binary)).toEqual(OUTPUTS.map(() => false));
    expect(answer.headers.get('inference-header-content-length')).toBeNull();
  });

  it.runIf(OUTPUTS.length > 1)('gives one output as bytes and the others in JSON', async () => {
    const outputs = OUTPUTS.map((name, i) => ({ name, parameters: { binary_data: i === 0 } }));
    const read = answerOf(await inferJson(undefined, { outputs }));
    expect(read.outputs.map(({ binary }) => binary)).toEqual(OUTPUTS.map((_, i) => i === 0));
    expect(valuesOf(read)).toEqual(valuesOf(answerOf(await inferJson())));
  });

  it.runIf(INPUTS.length === 1)('takes a body that is one row of the only input, without any JSON', async () => {
    const [input] = sampleInputs(1);
    const headers = { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' };
    const answer = await post(`${MODEL}/infer`, toBytes(input?.datatype ?? '', input?.elements ?? []), headers);
    const read = answerOf(answer);
    expect(read.outputs.map(({ binary }) => binary)).toEqual(OUTPUTS.map(() => true));
    expect(valuesOf(read)).toEqual(valuesOf(answerOf(await inferJson(sampleInputs(1)))));
  });

  it.each([
    ['a byte too few', (bytes: Buffer) => bytes.subarray(1)],
    ['a byte too many', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(7)])],
    ['none', () => Buffer.alloc(0)],
  ])('refuses bytes that are not as many as binary_data_size says: %s', async (_, change) => {
    const { json, bytes } = binaryRequest(0);
    expectRefused(await sendBinary(json, change(bytes)));
  });

  it.each([-1, 1])('refuses a binary_data_size that the shape and the datatype do not make: %s', async (more) => {
    const { json, bytes } = binaryRequest(more);
    expectRefused(await sendBinary(json, more < 0 ? bytes.subarray(1) : Buffer.concat([bytes, Buffer.of(7)])));
  });

  it.each(['1', '99999999', '-1', 'many'])('refuses Inference-Header-Content-Length: %s', async (length) => {
    const { json, bytes } = binaryRequest(0);
    expectRefused(await sendBinary(json, bytes, length));
  });

  it('refuses bytes without the header that says where they begin', async () => {
    const { json, bytes } = binaryRequest(0);
    const body = Buffer.concat([Buffer.from(JSON.stringify(json)), bytes]);
    expectRefused(await post(`${MODEL}/infer`, body, { 'content-type': 'application/octet-stream' }));
  });
});

/** A request whose first input says that it has so many bytes more than it has. */
function binaryRequest(more: number): { readonly json: Readonly<Record<string, unknown>>; readonly bytes: Buffer } {
  const inputs = sampleInputs();
  const bytes = inputs.map(({ datatype, elements }) => toBytes(datatype, elements));
  const described = inputs.map(({ name, datatype, shape }, i) => {
    const size = (bytes[i]?.length ?? 0) + (i === 0 ? more : 0);
    return { name, datatype, shape, parameters: { binary_data_size: size } };
  });
  return { json: { inputs: described }, bytes: Buffer.concat(bytes) };
}
