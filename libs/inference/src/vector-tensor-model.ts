import { withLostDigits } from '@millrace/core';
import { makeTensor, numberTensor, type Tensor, type TensorInfo } from '@millrace/tensors';

import { checkRows } from './check-rows.ts';
import type { ModelPort } from './model-port.ts';
import { outputColumns } from './output-columns.ts';
import { rowValue } from './row-value.ts';
import type { TensorSpec } from './signature.ts';
import { tensorInfo } from './tensor-info.ts';
import type { TensorModel } from './tensor-model.ts';

export interface VectorTensorModelOptions extends Omit<TensorModel, 'infer' | 'inputs' | 'outputs'> {
  /** FP32 [-1, k]. */
  readonly input: TensorInfo;
  /** Those whose columns are a row's result, in their order. */
  readonly outputs: readonly TensorSpec[];
  readonly score: ModelPort['score'];
}

/** An output, and where it is in a row's result. */
interface Columns {
  readonly info: TensorInfo;
  readonly from: number;
  readonly width: number;
  readonly labels: readonly string[] | null;
}

/**
 * A model of vectors behind the doors: its one input is cut into rows, which go where the stream's go.
 */
export function vectorTensorModel({ input, score, outputs, ...about }: VectorTensorModelOptions): TensorModel {
  const { mostRows } = about;
  const known = placed(outputs);
  const columns = known.reduce((sum, { width }) => sum + width, 0);
  const infer: TensorModel['infer'] = async (inputs, wanted, how) => {
    const vectors = rowsOf(inputs[0] as Tensor, mostRows);
    const results = (await score(vectors, how)).map(rowValue);
    return wanted.map((name) => tensorOf(known.find(({ info }) => info.name === name) as Columns, results, columns));
  };

  return { ...about, inputs: [input], outputs: known.map(({ info }) => info), infer };
}

function placed(outputs: readonly TensorSpec[]): readonly Columns[] {
  let from = 0;
  return outputs.map((spec) => {
    const { names, labels } = outputColumns(spec) ?? { names: [], labels: null };
    // its numbers have become what FP32 holds as well, and JSON can say
    const info = tensorInfo(spec.type === 'float16' ? { ...spec, type: 'float32' } : spec, true);
    const columns = { info, from, width: names.length, labels };
    from += columns.width;
    return columns;
  });
}

/** Views, not copies: whoever packs a batch copies. */
function rowsOf({ name, shape, data }: Tensor, mostRows: number): readonly Float32Array[] {
  const [rows, width] = shape as readonly [number, number];
  checkRows(name, rows, mostRows);
  return Array.from({ length: rows }, (_, row) => (data as Float32Array).subarray(row * width, (row + 1) * width));
}

/** @param columns of a result, behind which may stand what each has lost */
function tensorOf({ info, from, width, labels }: Columns, results: readonly Float64Array[], columns: number): Tensor {
  const { name, datatype } = info;
  const shape = [results.length, ...info.shape.slice(1)];
  const values = results.flatMap((result) => Array.from(result.subarray(from, from + width)));
  if (datatype === 'INT64' || datatype === 'UINT64') {
    const lost = results.flatMap((result) => Array.from({ length: width }, (_, i) => result[columns + from + i]));
    const whole = values.map((value, i) => withLostDigits(value, lost[i]));
    return numberTensor(name, datatype, shape, whole);
  }
  if (datatype !== 'BYTES' && datatype !== 'FP16') return numberTensor(name, datatype, shape, values);
  const texts = (labels ?? []).map((label) => new TextEncoder().encode(label));
  return makeTensor(
    name,
    'BYTES',
    shape,
    values.map((value) => texts[value] as Uint8Array),
  );
}
