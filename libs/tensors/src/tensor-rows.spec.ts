import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { joinRows, rowBytes, rowsOf } from './tensor-rows.ts';
import { makeTensor } from './tensor.ts';
import { someTensor } from './testing/index.ts';

const texts = (...values: readonly string[]): readonly Uint8Array[] => values.map((value) => Buffer.from(value));

describe('rows of tensors', () => {
  it('are the tensors again when they are put together, whatever the datatype', () => {
    const withRows = someTensor().filter(({ shape }) => (shape[0] ?? 0) > 0);
    fc.assert(
      fc.property(withRows, (tensor) => {
        const [joined] = joinRows(rowsOf([tensor]));
        expect(joined).toStrictEqual(tensor);
        expect(joined?.data).not.toBe(tensor.data);
      }),
    );
  });

  it('go together from several requests, in any order', () => {
    const one = rowsOf([
      makeTensor('a', 'INT64', [2, 2], BigInt64Array.of(1n, 2n, 3n, 4n)),
      makeTensor('b', 'BYTES', [2], texts('x', 'y')),
    ]);
    const other = rowsOf([
      makeTensor('a', 'INT64', [1, 2], BigInt64Array.of(5n, 6n)),
      makeTensor('b', 'BYTES', [1], texts('z')),
    ]);
    expect(joinRows([...one.toReversed(), ...other, ...one])).toEqual([
      makeTensor('a', 'INT64', [5, 2], BigInt64Array.of(3n, 4n, 1n, 2n, 5n, 6n, 1n, 2n, 3n, 4n)),
      makeTensor('b', 'BYTES', [5], texts('y', 'x', 'z', 'x', 'y')),
    ]);
  });

  it('are none where the tensors are whole, which stay as they are', () => {
    const scalar = makeTensor('s', 'FP32', [], Float32Array.of(7));
    expect(joinRows([{ tensors: [scalar], row: null }])).toEqual([scalar]);
  });

  it('have the bytes of their own elements', () => {
    const rows = rowsOf([
      makeTensor('a', 'FP16', [2, 3], new Uint16Array(6)),
      makeTensor('b', 'BYTES', [2], texts('long', 'x')),
    ]);
    expect(rows.map(rowBytes)).toEqual([10, 7]);
  });

  it('are as many in all tensors', () => {
    const a = makeTensor('a', 'FP32', [2], new Float32Array(2));
    const b = makeTensor('b', 'FP32', [3], new Float32Array(3));
    expect(() => rowsOf([a, b])).toThrow(
      expect.objectContaining({
        code: 'TENSOR_INVALID',
        detail: 'b has 3 rows, a has 2; all inputs have the same rows.',
      }),
    );
  });
});
