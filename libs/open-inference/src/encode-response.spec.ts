import { makeTensor, type Datatype, type Tensor, DATATYPES } from '@millrace/tensors';
import { someTensor } from '@millrace/tensors/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encodeResponse } from './encode-response.ts';
import { decodeResponse } from './testing/index.ts';

const IN_JSON = (Object.keys(DATATYPES) as Datatype[]).filter((type) => type !== 'FP16' && type !== 'BYTES');
const respond = (outputs: readonly { readonly tensor: Tensor; readonly binary: boolean }[], id: string | null = null) =>
  encodeResponse({ modelName: 'm', modelVersion: '1', id, outputs });
const text = (name: string, ...words: readonly string[]): Tensor =>
  makeTensor(
    name,
    'BYTES',
    [words.length],
    words.map((word) => Buffer.from(word)),
  );

describe('encodeResponse', () => {
  it('writes JSON alone where no output is binary, and the id where there was one', () => {
    const tensor = makeTensor('y', 'FP32', [2, 1], Float32Array.of(0.1, 2));
    expect(String(respond([{ tensor, binary: false }], 'r1').body)).toBe(
      '{"model_name":"m","model_version":"1","id":"r1","outputs":[{"name":"y","datatype":"FP32","shape":[2,1],"data":[0.1,2]}]}',
    );
    expect(respond([{ tensor, binary: false }])).toMatchObject({ contentType: 'application/json', headerLength: null });
    expect(String(respond([]).body)).toBe('{"model_name":"m","model_version":"1","outputs":[]}');
  });

  it('is read back as it was, in JSON and as bytes', () => {
    const output = fc.oneof(
      fc.record({ tensor: someTensor(IN_JSON), binary: fc.constant(false) }),
      fc.record({ tensor: someTensor(), binary: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(output, { maxLength: 3 }), (outputs) => {
        const { body, headerLength } = respond(outputs);
        expect(decodeResponse(body, headerLength).outputs).toStrictEqual(outputs.map(({ tensor }) => tensor));
      }),
    );
  });

  it('writes integers beyond 2^53, NaN, the infinite ones and -0 as they are', () => {
    const big = makeTensor('y', 'INT64', [1], BigInt64Array.of(-9_223_372_036_854_775_808n));
    const odd = makeTensor('y', 'FP64', [4], Float64Array.of(Number.NaN, Infinity, -Infinity, -0));
    expect(String(respond([{ tensor: big, binary: false }]).body)).toContain('"data":[-9223372036854775808]');
    expect(String(respond([{ tensor: odd, binary: false }]).body)).toContain('"data":[NaN,Infinity,-Infinity,-0.0]');
  });

  it('writes texts as texts, byte order marks included', () => {
    expect(String(respond([{ tensor: text('y', 'a"ü', '\uFEFFb'), binary: false }]).body)).toContain(
      '"data":["a\\"ü","\uFEFFb"]',
    );
  });

  it.each([
    [makeTensor('y', 'FP16', [1], Uint16Array.of(1)), 'outputs: y is FP16, which has no JSON; ask for binary_data.'],
    [
      makeTensor('y', 'BYTES', [1], [Uint8Array.of(0xff)]),
      'outputs: y has bytes that are not UTF-8; ask for binary_data.',
    ],
  ])('refuses to write %o in JSON', (tensor, detail) => {
    expect(() => respond([{ tensor, binary: false }])).toThrow(
      expect.objectContaining({ code: 'INFERENCE_INVALID', detail }),
    );
  });
});
