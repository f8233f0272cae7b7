import { makeTensor } from '@millrace/tensors';
import { describe, expect, it } from 'vitest';

import { decodeMessage } from './decode-message.ts';
import type { InputTensorMessage, ModelInferRequest } from './infer-message.ts';

const input = (change: Partial<InputTensorMessage> = {}): InputTensorMessage => ({
  name: 'x',
  datatype: 'FP32',
  shape: [1, 2],
  parameters: {},
  ...change,
});
const message = (change: Partial<ModelInferRequest> = {}): ModelInferRequest => ({
  model_name: 'm',
  model_version: '',
  id: '',
  parameters: {},
  inputs: [input({ contents: { fp32_contents: [1, 2] } })],
  outputs: [],
  raw_input_contents: [],
  ...change,
});
const decoded = (datatype: string, contents: object, elements = 2) =>
  decodeMessage(message({ inputs: [input({ datatype, shape: [elements], contents })] })).inputs[0];
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('decodeMessage', () => {
  it('reads the elements of every datatype from the field of that type', () => {
    expect(decoded('BOOL', { bool_contents: [true, false] })).toEqual(makeTensor('x', 'BOOL', [2], bytes(1, 0)));
    expect(decoded('INT8', { int_contents: [-128, 127] })?.data).toEqual(Int8Array.of(-128, 127));
    expect(decoded('INT16', { int_contents: [-1, 1] })?.data).toEqual(Int16Array.of(-1, 1));
    expect(decoded('INT32', { int_contents: [-1, 1] })?.data).toEqual(Int32Array.of(-1, 1));
    expect(decoded('UINT8', { uint_contents: [0, 255] })?.data).toEqual(Uint8Array.of(0, 255));
    expect(decoded('UINT16', { uint_contents: [0, 1] })?.data).toEqual(Uint16Array.of(0, 1));
    expect(decoded('UINT32', { uint_contents: [0, 4_294_967_295] })?.data).toEqual(Uint32Array.of(0, 4_294_967_295));
    expect(decoded('FP32', { fp32_contents: [Number.NaN, 1] })?.data).toEqual(Float32Array.of(Number.NaN, 1));
    expect(decoded('FP64', { fp64_contents: [0.1, 1] })?.data).toEqual(Float64Array.of(0.1, 1));
    expect(decoded('BYTES', { bytes_contents: [bytes(255), bytes()] })?.data).toEqual([bytes(255), bytes()]);
  });

  it('keeps all digits of 64-bit integers', () => {
    const wide = [
      { high: 0x7fffffff, low: -1 },
      { high: -0x80000000, low: 0 },
      { high: -1, low: -1 },
      { high: 1, low: 7 },
    ];
    expect(decoded('INT64', { int64_contents: wide }, 4)?.data).toEqual(
      BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), -1n, 2n ** 32n + 7n),
    );
    expect(decoded('UINT64', { uint64_contents: wide.slice(1, 3) })?.data).toEqual(
      BigUint64Array.of(2n ** 63n, 2n ** 64n - 1n),
    );
  });

  it('reads raw contents in the order of the inputs, FP16 and BYTES included', () => {
    const inputs = [input({ datatype: 'FP16', shape: [1] }), input({ name: 'y', datatype: 'BYTES', shape: [1] })];
    const raw = [bytes(0, 0x3c), bytes(2, 0, 0, 0, 104, 105)];
    expect(decodeMessage(message({ inputs, raw_input_contents: raw })).inputs).toEqual([
      makeTensor('x', 'FP16', [1], Uint16Array.of(0x3c00)),
      makeTensor('y', 'BYTES', [1], [bytes(104, 105)]),
    ]);
  });

  it('has no id where it is empty, and all outputs where none is named', () => {
    expect(decodeMessage(message())).toMatchObject({ id: null, outputs: null, binaryOutput: true });
    const outputs = [{ name: 'y', parameters: { classification: { int64_param: { high: 0, low: 3 } } } }];
    expect(decodeMessage(message({ id: 'r', outputs }))).toMatchObject({
      id: 'r',
      outputs: [{ name: 'y', binary: true, classes: 3 }],
    });
  });

  it('has the parameters of all types', () => {
    const parameters = {
      a: { bool_param: false },
      b: { int64_param: -1 },
      c: { string_param: '' },
      d: { double_param: 0.5 },
      e: { uint64_param: { high: -1, low: -1 } },
    };
    expect(decodeMessage(message({ parameters })).parameters).toEqual({
      a: false,
      b: -1,
      c: '',
      d: 0.5,
      e: 2n ** 64n - 1n,
    });
  });

  it.each([
    [{ parameters: { a: {} } }, 'parameters.a: found nothing; allowed is one of the fields of InferParameter.'],
    [
      { raw_input_contents: [bytes(), bytes()] },
      'raw_input_contents: found a list of 2; allowed is one for each input: 1.',
    ],
    [{ parameters: { a: null } }, expect.stringContaining('parameters.a: found nothing')],
    [{ raw_input_contents: [bytes()] }, 'inputs[0] has both contents and raw_input_contents; allowed is one.'],
    [{ inputs: [input({ shape: [-1, 2] })] }, 'inputs[0].shape[0]: found -1; allowed is an integer from 0.'],
    [
      { inputs: [input({ datatype: 'FP8' })] },
      expect.stringContaining('inputs[0].datatype: found "FP8"; allowed is one of'),
    ],
    [
      { inputs: [input({ contents: { int_contents: [1, 2] } })] },
      'inputs[0].contents: found int_contents; allowed for FP32 is fp32_contents.',
    ],
    [
      { inputs: [input({ datatype: 'FP16', contents: {} })] },
      'inputs[0].contents: FP16 has no field there; send it in raw_input_contents.',
    ],
    [
      { inputs: [input({ parameters: { shared_memory_region: { string_param: 'r' } } })] },
      expect.stringContaining('inputs[0].parameters.shared_memory_region: there is no shared memory here'),
    ],
  ])('refuses %j', (change, detail) => {
    expect(() => decodeMessage(message(change))).toThrow(
      expect.objectContaining({ code: 'INFERENCE_INVALID', detail }),
    );
  });

  it.each([
    [
      'INT8',
      { int_contents: [128, 0] },
      'inputs[0].contents.int_contents, element 0: found 128; allowed is an integer from -128 to 127.',
    ],
    ['FP32', {}, 'x has the shape [2], which is 2 elements; found 0.'],
  ])('refuses %s %j', (datatype, contents, detail) => {
    expect(() => decoded(datatype, contents)).toThrow(expect.objectContaining({ code: 'TENSOR_INVALID', detail }));
  });
});
