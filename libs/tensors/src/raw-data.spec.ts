import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readRaw, writeRaw } from './raw-data.ts';
import { someTensor } from './testing/index.ts';

const raw = (bytes: readonly number[]): Buffer => Buffer.from(bytes);

describe('raw data', () => {
  it('comes back as it was, whatever the datatype and wherever its bytes begin', () => {
    fc.assert(
      fc.property(someTensor(), fc.nat(7), (tensor, before) => {
        const bytes = Buffer.concat([Buffer.alloc(before), writeRaw(tensor)]).subarray(before);
        expect(readRaw(tensor.name, tensor.datatype, tensor.shape, bytes)).toStrictEqual(tensor);
      }),
    );
  });

  it('is little-endian, a BOOL one byte, an element of BYTES behind its length', () => {
    expect(readRaw('x', 'UINT32', [2], raw([1, 0, 0, 0, 0, 1, 0, 0])).data).toEqual(Uint32Array.of(1, 256));
    expect(readRaw('x', 'BOOL', [2], raw([1, 0])).data).toEqual(Uint8Array.of(1, 0));
    expect(readRaw('x', 'FP16', [1], raw([0x00, 0x3c])).data).toEqual(Uint16Array.of(0x3c00));
    expect(readRaw('x', 'BYTES', [2], raw([2, 0, 0, 0, 104, 105, 0, 0, 0, 0])).data).toEqual([
      Uint8Array.of(104, 105),
      Uint8Array.of(),
    ]);
  });

  it('is not copied where it is aligned', () => {
    const bytes = new Uint8Array(new ArrayBuffer(13));
    const { data } = readRaw('x', 'FP32', [2], bytes.subarray(4, 12)) as { data: Float32Array };
    expect([data.buffer === bytes.buffer, data.byteOffset]).toEqual([true, 4]);
    expect((readRaw('x', 'FP32', [2], bytes.subarray(5, 13)).data as Float32Array).buffer).not.toBe(bytes.buffer);
  });

  it('keeps integers beyond 2^53', () => {
    const bytes = raw([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    expect(readRaw('x', 'INT64', [1], bytes).data).toEqual(BigInt64Array.of(9_223_372_036_854_775_807n));
  });

  it.each([
    ['FP32', [2], [0, 0, 0, 0, 0], 'x is FP32 [2], which is 8 bytes; found 5.'],
    ['FP32', [1e9, 1e9], [0], 'x is FP32 [1000000000, 1000000000], which is Infinity bytes; found 1.'],
    ['BOOL', [2], [1, 2], 'x is BOOL; byte 1 is 2, allowed are 0 and 1.'],
    ['BYTES', [1], [5, 0, 0, 0, 104], 'x: element 0 has 1 bytes left; needed are 5.'],
    ['BYTES', [1], [5, 0], 'x: element 0 has 2 bytes left; needed are the 4 of its length.'],
    ['BYTES', [2], [0, 0, 0, 0], 'x has the shape [2], which is 2 elements; found 1.'],
  ] as const)('refuses %s %j of the bytes %j', (datatype, shape, bytes, detail) => {
    expect(() => readRaw('x', datatype, shape, raw(bytes))).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID', detail }),
    );
  });

  it('that was cut short or made longer is refused, never taken for another tensor', () => {
    const elements = fc.array(fc.uint8Array({ maxLength: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(elements, fc.integer({ min: -40, max: 3 }), (data, by) => {
        const bytes = writeRaw({ name: 'x', datatype: 'BYTES', shape: [data.length], data });
        const wrong =
          by < 0 ? bytes.subarray(0, Math.max(0, bytes.length + by)) : Buffer.concat([bytes, Buffer.alloc(by + 1)]);
        expect(() => readRaw('x', 'BYTES', [data.length], wrong)).toThrow(
          expect.objectContaining({ code: 'TENSOR_INVALID' }),
        );
      }),
    );
  });
});
