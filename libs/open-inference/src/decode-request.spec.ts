import { isAppError } from '@millrace/core';
import { DATATYPES, makeTensor, type Datatype, type TensorInfo } from '@millrace/tensors';
import { someTensor } from '@millrace/tensors/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeRequest } from './decode-request.ts';
import { encodeRequest } from './testing/index.ts';

const MODEL: readonly TensorInfo[] = [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }];
const X = makeTensor('x', 'FP32', [1, 2], Float32Array.of(1, 2));
const IN_JSON = (Object.keys(DATATYPES) as Datatype[]).filter((type) => type !== 'FP16' && type !== 'BYTES');

const decode = (body: Buffer | string, headerLength?: string) =>
  decodeRequest({ body: Buffer.from(body), headerLength }, MODEL);
const withInput = (input: object): string =>
  JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2], ...input }] });
const invalid = (code: string, detail: string) => expect.objectContaining({ code, detail });

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}

describe('decodeRequest', () => {
  it('gives back every tensor that was sent in JSON, NaN, infinities and all digits included', () => {
    fc.assert(
      fc.property(someTensor(IN_JSON), (tensor) => {
        const { body, headerLength } = encodeRequest([tensor], {});
        expect(decodeRequest({ body, headerLength }, MODEL).inputs).toStrictEqual([tensor]);
      }),
    );
  });

  it('gives back every tensor that was sent as bytes, several in a request', () => {
    fc.assert(
      fc.property(fc.array(someTensor(), { minLength: 1, maxLength: 3 }), (tensors) => {
        const { body, headerLength } = encodeRequest(tensors, { binaryInput: true, id: 'ä' });
        const request = decodeRequest({ body, headerLength }, MODEL);
        expect([request.id, request.inputs]).toStrictEqual(['ä', tensors]);
      }),
    );
  });

  it('takes texts as UTF-8, and a nested list as a flat one', () => {
    const text = withInput({ datatype: 'BYTES', data: [['ü', '']] });
    expect(decode(text).inputs[0]?.data).toEqual([Uint8Array.of(0xc3, 0xbc), Uint8Array.of()]);
    expect(decode(withInput({ shape: [2, 1], data: [[1], [2]] })).inputs[0]?.data).toEqual(Float32Array.of(1, 2));
  });

  it('takes null for NaN where the elements are floats', () => {
    expect(decode(withInput({ data: [null, 2] })).inputs[0]?.data).toEqual(Float32Array.of(Number.NaN, 2));
  });

  it('says which outputs come how', () => {
    const outputs = [{ name: 'a' }, { name: 'b', parameters: { binary_data: false, classification: 3 } }];
    const { body, headerLength } = encodeRequest([X], { outputs, parameters: { binary_data_output: true } });
    expect(decode(body, headerLength)).toMatchObject({
      binaryOutput: true,
      outputs: [
        { name: 'a', binary: true, classes: 0 },
        { name: 'b', binary: false, classes: 3 },
      ],
    });
  });

  it.each([undefined, []])('takes outputs: %j for all of them', (outputs) => {
    expect(decode(JSON.stringify({ inputs: [], outputs })).outputs).toBe(null);
  });

  it("takes a body without JSON for one row of the model's only input", () => {
    const bytes = Buffer.from(Float32Array.of(3, 4).buffer);
    expect(decode(bytes, '0')).toMatchObject({ inputs: [{ ...X, data: Float32Array.of(3, 4) }], binaryOutput: true });
    expect(() => decode(bytes.subarray(1), '0')).toThrow(
      invalid('TENSOR_INVALID', 'x is FP32 [1, 2], which is 8 bytes; found 7.'),
    );
    expect(() => decodeRequest({ body: bytes, headerLength: '0' }, [...MODEL, ...MODEL])).toThrow(/this one has 2/);
  });

  it.each([
    ['[]', 'the body: found a list of 0; allowed is an object.'],
    ['{"inputs":{}}', 'inputs: found an object; allowed is a list.'],
    ['{}', 'inputs: found nothing; allowed is a list.'],
    ['{"inputs":[],"id":7}', 'id: found 7; allowed is a text.'],
    [
      '{"inputs":[],"parameters":{"a":[]}}',
      'parameters.a: found a list of 0; allowed is a text, a number, true or false.',
    ],
    ['{"inputs":[],"outputs":[{}]}', 'outputs[0].name: found nothing; allowed is a text.'],
    [withInput({ name: undefined }), 'inputs[0].name: found nothing; allowed is a text.'],
    [withInput({ shape: [1, -2] }), 'inputs[0].shape[1]: found -2; allowed is an integer from 0.'],
    [withInput({ shape: Array(65).fill(1) }), 'inputs[0].shape: found 65 dimensions; allowed are 64.'],
    [withInput({ data: undefined }), 'inputs[0].data: found nothing; allowed is a list.'],
    [
      withInput({ parameters: { binary_data_size: 8 } }),
      'inputs[0] has both data and parameters.binary_data_size; allowed is one.',
    ],
    [
      withInput({ data: undefined, parameters: { binary_data_size: 8 } }),
      'inputs[0].parameters.binary_data_size: found 8; behind the JSON there are 0 bytes left.',
    ],
    [
      withInput({ parameters: { shared_memory_region: 'r' } }),
      'inputs[0].parameters.shared_memory_region: there is no shared memory here; send tensors as data or as binary data.',
    ],
  ])('refuses %s', (text, detail) => {
    expect(() => decode(text)).toThrow(invalid('INFERENCE_INVALID', detail));
  });

  it('names the datatypes that there are', () => {
    expect(() => decode(withInput({ datatype: 'fp32' }))).toThrow(/inputs\[0\].datatype: found "fp32".*BOOL, .*BYTES/);
  });

  it.each([
    [{ data: [1] }, 'x has the shape [1, 2], which is 2 elements; found 1.'],
    [{ data: [1, '2'] }, 'inputs[0].data, element 1: found "2"; allowed is a number, or null for NaN.'],
    [
      { datatype: 'INT8', data: [1, 128] },
      'inputs[0].data, element 1: found 128; allowed is an integer from -128 to 127.',
    ],
    [{ datatype: 'BOOL', data: [true, 1] }, 'inputs[0].data, element 1: found 1; allowed is true or false.'],
    [
      { datatype: 'INT64', data: [1, 1.5] },
      'inputs[0].data, element 1: found 1.5; allowed is an integer from -9223372036854775808 to 9223372036854775807.',
    ],
    [{ datatype: 'FP16' }, 'inputs[0].data: FP16 has no JSON; send it as binary data.'],
    [{ data: [[1], [2]] }, 'inputs[0].data: found a list of 2 at depth 1; the shape is [1, 2].'],
    [{ shape: [2, 1], data: [[1], 2] }, 'inputs[0].data: found 2 at depth 2; the shape [2, 1] has lists there.'],
    [{ data: [1, [2]] }, 'inputs[0].data, element 1: found a list of 1; allowed is a number, or null for NaN.'],
  ])('refuses the tensor %j', (input, detail) => {
    expect(() => decode(withInput(input))).toThrow(invalid('TENSOR_INVALID', detail));
  });

  it.each(['9999', '-1', 'x', '1.5', '', '99999999999999999999'])(
    'refuses the header length %j, which lies',
    (length) => {
      expect(() => decode(withInput({}), length)).toThrow(
        /Inference-Header-Content-Length: found .*; allowed is the length/,
      );
    },
  );

  it('refuses a header length that cuts the JSON, and bytes that no input is made of', () => {
    const { body, headerLength } = encodeRequest([X], { binaryInput: true });
    expect(() => decode(body, String(Number(headerLength) - 1))).toThrow(/the body is not JSON/);
    expect(() => decode(Buffer.concat([body, Buffer.alloc(3)]), headerLength)).toThrow(/3 more than/);
    expect(() => decode(body.subarray(0, -1), headerLength)).toThrow(/binary_data_size: found 8; .* 7 bytes left/);
  });

  it("throws nothing but the protocol's errors, however a body is cut and changed", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(someTensor(), fc.boolean(), fc.nat(), changes, (tensor, cutHeader, cut, changed) => {
        const whole = encodeRequest([tensor], { binaryInput: true, id: '1', outputs: [{ name: 'y' }] });
        const body = Buffer.from(whole.body.subarray(0, cut % (whole.body.length + 1)));
        for (const [at, byte] of changed) if (body.length > 0) body[at % body.length] = byte;
        const headerLength = cutHeader ? String(Math.min(Number(whole.headerLength), body.length)) : whole.headerLength;
        const thrown = thrownBy(() => decodeRequest({ body, headerLength }, MODEL));
        expect(thrown === null || isAppError(thrown, 'INFERENCE_INVALID') || isAppError(thrown, 'TENSOR_INVALID')).toBe(
          true,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('does not fall over a body that nests for ever', () => {
    const deep = `{"inputs":${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}}`;
    expect(() => decode(deep)).toThrow(expect.objectContaining({ code: 'INFERENCE_INVALID' }));
  });
});
