import type { Element } from './datatypes.ts';
import { target, type TensorInfo } from './target.ts';

export interface SampleInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly elements: readonly Element[];
}

export const INPUTS = target.model.inputs;
/** Whether the first dimension of every input is open, so that a request has as many rows as it likes. */
export const BATCHES = INPUTS.every(({ name, shape }) => shape[0] === -1 && target.shapes[name] === undefined);

/** Inputs that the model takes: `rows` of them, the first of which is row number `from`. */
export function sampleInputs(rows = 2, from = 0): readonly SampleInput[] {
  return INPUTS.map((info) => {
    const shape = shapeOf(info, rows);
    const first = from * sizeOf(shape.slice(1));
    const elements = Array.from({ length: sizeOf(shape) }, (_, i) => elementOf(info.datatype, first + i));
    return { name: info.name, datatype: info.datatype, shape, elements };
  });
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

function shapeOf({ name, shape }: TensorInfo, rows: number): readonly number[] {
  return target.shapes[name] ?? shape.map((size, i) => (size >= 0 ? size : i === 0 ? rows : 1));
}

/** Small, exact in every datatype, and different from its neighbours. */
function elementOf(datatype: string, at: number): Element {
  const small = (at * 7) % 11;
  if (datatype === 'BOOL') return at % 2 === 1;
  if (datatype === 'INT64' || datatype === 'UINT64') return BigInt(small);
  if (datatype === 'FP32' || datatype === 'FP64') return small + 0.5;
  if (datatype.startsWith('INT') || datatype.startsWith('UINT')) return small;
  throw new Error(`the model takes ${datatype}; the suite asks models of BOOL, integers, FP32 and FP64.`);
}
