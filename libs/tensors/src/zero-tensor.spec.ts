import { describe, expect, it } from 'vitest';

import { makeTensor } from './tensor.ts';
import { zeroTensor } from './zero-tensor.ts';

describe('zeroTensor', () => {
  it('has zeros, or empty texts, and open dimensions of the size that is asked for', () => {
    expect(zeroTensor({ name: 'x', datatype: 'INT64', shape: [-1, 2] }, 1)).toEqual(
      makeTensor('x', 'INT64', [1, 2], BigInt64Array.of(0n, 0n)),
    );
    expect(zeroTensor({ name: 'x', datatype: 'BYTES', shape: [2] }, 1)).toEqual(
      makeTensor('x', 'BYTES', [2], [new Uint8Array(), new Uint8Array()]),
    );
    expect(zeroTensor({ name: 'x', datatype: 'FP32', shape: [-1, 3] }, 0)).toEqual(
      makeTensor('x', 'FP32', [0, 3], new Float32Array()),
    );
  });
});
