import { AppError } from '@millrace/core';
import { makeTensor, type Tensor } from '@millrace/tensors';

/**
 * The highest values of each row, as texts `<value>:<index>` (Triton's classification extension). The first dimension is
 * the rows'; a float has six decimals, as Triton's.
 *
 * @throws AppError `INFERENCE_INVALID` where there is no order
 */
export function classify(tensor: Tensor, classes: number): Tensor {
  const { name, datatype, shape, data } = tensor;
  const [rows] = shape;
  if (datatype === 'BYTES' || datatype === 'FP16' || rows === undefined)
    throw new AppError('INFERENCE_INVALID', `outputs: ${name} is ${datatype}, which cannot be classified.`);
  const width = rows === 0 ? 0 : data.length / rows;
  const most = Math.min(classes, width);
  const values: readonly (number | bigint)[] = [...data];
  const texts = Array.from({ length: rows }, (_, row) => {
    const own = values.slice(row * width, (row + 1) * width);
    return highest(own, most).map((index) => `${spell(datatype, own[index])}:${index}`);
  }).flat();
  return makeTensor(
    name,
    'BYTES',
    [rows, most],
    texts.map((text) => new TextEncoder().encode(text)),
  );
}

/** Places of the highest values, highest first; NaN comes last. */
function highest(values: readonly (number | bigint)[], most: number): readonly number[] {
  const places = values.map((_, place) => place);
  return places.toSorted((a, b) => descending(values[a] as number, values[b] as number)).slice(0, most);
}

function descending(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === b) return 0;
  return a < b ? 1 : -1;
}

function spell(datatype: string, value: number | bigint | undefined): string {
  return datatype.startsWith('FP') ? (value as number).toFixed(6) : String(value);
}
