import { makeTensor, type Tensor, type TensorInfo } from '@millrace/tensors';

import { checkRows } from './check-rows.ts';
import type { ModelPort } from './model-port.ts';
import { rowValue } from './row-value.ts';
import type { TensorModel } from './tensor-model.ts';

export interface VectorTensorModelOptions extends Omit<TensorModel, 'infer' | 'inputs'> {
  /** FP32 [-1, k]. */
  readonly input: TensorInfo;
  readonly score: ModelPort['score'];
}

/**
 * A model of vectors behind the doors: its one input is cut into rows, which go where the stream's go.
 */
export function vectorTensorModel({ input, score, ...about }: VectorTensorModelOptions): TensorModel {
  const { mostRows, outputs: known } = about;
  const infer: TensorModel['infer'] = async (inputs, outputs, how) => {
    const vectors = rowsOf(inputs[0] as Tensor, mostRows);
    const results = (await score(vectors, how)).map(rowValue);
    return outputs.map((name) => {
      const column = known.findIndex((info) => info.name === name);
      return columnOf(known[column] as TensorInfo, column, results);
    });
  };

  return { ...about, inputs: [input], infer };
}

/** Views, not copies: whoever packs a batch copies. */
function rowsOf({ name, shape, data }: Tensor, mostRows: number): readonly Float32Array[] {
  const [rows, width] = shape as readonly [number, number];
  checkRows(name, rows, mostRows);
  return Array.from({ length: rows }, (_, row) => (data as Float32Array).subarray(row * width, (row + 1) * width));
}

function columnOf({ name, datatype, shape }: TensorInfo, column: number, results: readonly Float64Array[]): Tensor {
  const whole = [results.length, ...shape.slice(1)];
  const values = results.map((result) => result[column] as number);
  return datatype === 'FP32'
    ? makeTensor(name, datatype, whole, Float32Array.from(values))
    : makeTensor(name, 'FP64', whole, Float64Array.from(values));
}
