import fc from 'fast-check';

import { DATATYPES, type Datatype } from '../datatype.ts';
import { elementCount } from '../shape.ts';
import { makeTensor, type Tensor, type TensorData } from '../tensor.ts';

type OfType = { readonly [Type in Datatype]: (elements: number) => fc.Arbitrary<TensorData[Type]> };

const sized = (elements: number): { readonly minLength: number; readonly maxLength: number } => ({
  minLength: elements,
  maxLength: elements,
});

const DATA: OfType = {
  BOOL: (elements) => fc.uint8Array({ ...sized(elements), max: 1 }),
  UINT8: (elements) => fc.uint8Array(sized(elements)),
  UINT16: (elements) => fc.uint16Array(sized(elements)),
  UINT32: (elements) => fc.uint32Array(sized(elements)),
  UINT64: (elements) => fc.bigUint64Array(sized(elements)),
  INT8: (elements) => fc.int8Array(sized(elements)),
  INT16: (elements) => fc.int16Array(sized(elements)),
  INT32: (elements) => fc.int32Array(sized(elements)),
  INT64: (elements) => fc.bigInt64Array(sized(elements)),
  FP16: (elements) => fc.uint16Array(sized(elements)),
  FP32: (elements) => fc.float32Array(sized(elements)),
  FP64: (elements) => fc.float64Array(sized(elements)),
  BYTES: (elements) => fc.array(fc.uint8Array({ maxLength: 6 }), sized(elements)),
};

/** Tensors of all datatypes, or of those named, from scalars to three dimensions, some without elements. */
export function someTensor(datatypes = Object.keys(DATATYPES) as readonly Datatype[]): fc.Arbitrary<Tensor> {
  const shapes = fc.array(fc.nat(3), { maxLength: 3 });
  return fc
    .tuple(fc.constantFrom(...datatypes), shapes)
    .chain(([datatype, shape]) =>
      (DATA[datatype](elementCount(shape)) as fc.Arbitrary<TensorData[Datatype]>).map((data) =>
        makeTensor('x', datatype, shape, data),
      ),
    );
}
