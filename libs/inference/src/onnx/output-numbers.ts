import type { TensorSpec } from '../signature.ts';
import { halfToNumber } from './half-to-number.ts';
import { isLongIntegers } from './lost-results.ts';
import type { WorkerTensor } from './tensor-batch.ts';

/**
 * The elements of an output as numbers: of an integer the nearest that there is, a boolean is 0 or 1, a text the index of its class.
 *
 * @throws Error for a text that is no class
 */
export function outputNumbers({ name, type, labels = [] }: TensorSpec, data: WorkerTensor['data']): ArrayLike<number> {
  if (isLongIntegers(data)) return Float64Array.from(data, Number);
  if (data instanceof Uint16Array && type === 'float16') return Float64Array.from(data, halfToNumber);
  if (!Array.isArray(data)) return data as ArrayLike<number>;
  const places = new Map(labels.map((label, place) => [label, place]));
  return Float64Array.from(data as readonly string[], (text) => {
    const place = places.get(text);
    if (place === undefined) throw new Error(`${name} is ${JSON.stringify(text)}, which is no class of the model`);
    return place;
  });
}
