import { makeTensor, type Tensor } from '@millrace/tensors';
import { describe, expect, it } from 'vitest';

import { classify } from './classify.ts';

const texts = ({ shape, data }: Tensor): unknown => [
  shape,
  Array.from(data as readonly Uint8Array[], (one) => String(Buffer.from(one))),
];

describe('classify', () => {
  it('gives the highest of each row with their places, as Triton writes them', () => {
    const tensor = makeTensor('y', 'FP32', [2, 3], Float32Array.of(1, 5, 2.5, 9, 8, 7));
    expect(texts(classify(tensor, 2))).toEqual([
      [2, 2],
      ['5.000000:1', '2.500000:2', '9.000000:0', '8.000000:1'],
    ]);
  });

  it('gives no more than there are, takes integers of any size, and NaN for the lowest', () => {
    const big = makeTensor('y', 'INT64', [1, 2], BigInt64Array.of(1n, 9_007_199_254_740_993n));
    expect(texts(classify(big, 9))).toEqual([
      [1, 2],
      ['9007199254740993:1', '1:0'],
    ]);
    const odd = makeTensor('y', 'FP64', [1, 2], Float64Array.of(Number.NaN, -1));
    expect(texts(classify(odd, 1))).toEqual([[1, 1], ['-1.000000:1']]);
    expect(texts(classify(makeTensor('y', 'FP32', [0, 3], new Float32Array()), 2))).toEqual([[0, 0], []]);
  });

  it('refuses what has no order', () => {
    expect(() => classify(makeTensor('y', 'BYTES', [1], [new Uint8Array()]), 1)).toThrow(/y is BYTES/);
  });
});
