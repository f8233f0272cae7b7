import type { Datatype } from './datatype.ts';
import { VIEWS } from './raw-data.ts';
import { makeTensor, type Tensor, type TensorData } from './tensor.ts';

/** A tensor of numbers that its datatype has; of INT64 and UINT64 they may be bigints. */
export function numberTensor(
  name: string,
  datatype: Exclude<Datatype, 'BYTES' | 'FP16'>,
  shape: readonly number[],
  values: readonly (number | bigint)[],
): Tensor {
  return makeTensor(name, datatype, shape, dataOf(datatype, values) as TensorData[typeof datatype]);
}

function dataOf(datatype: Exclude<Datatype, 'BYTES'>, values: readonly (number | bigint)[]) {
  if (datatype === 'INT64' || datatype === 'UINT64') return VIEWS[datatype].from(values.map(BigInt));
  return VIEWS[datatype].from(values as readonly number[]);
}
