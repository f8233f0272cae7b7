import { rowsOf, type Tensor, type TensorRow } from '@millrace/tensors';

import type { BatchedRows } from './batch-rows.ts';
import { columnRefusal, columnTensor, type ColumnInput } from './column-input.ts';
import type { ModelPort } from './model-port.ts';
import { outputNumbers } from './onnx/output-numbers.ts';
import { refuseRows } from './refuse-rows.ts';
import type { TensorSpec } from './signature.ts';

/** Vectors through a model that takes tensors: cut into its inputs, and its outputs back to numbers. */
export function columnScore(
  { submit }: Pick<BatchedRows<TensorRow, TensorRow>, 'submit'>,
  inputs: readonly ColumnInput[],
  outputs: readonly TensorSpec[],
): ModelPort['score'] {
  const score: ModelPort['score'] = async (vectors, how) => {
    const rows = rowsOf(inputs.map((input) => columnTensor(input, vectors)));
    const outcomes = await submit(rows, how);
    return outcomes.map((outcome) =>
      outcome.ok ? { ...outcome, value: rowNumbers(outcome.value, outputs) } : outcome,
    );
  };
  return refuseRows(score, columnRefusal(inputs));
}

function rowNumbers({ tensors, row }: TensorRow, outputs: readonly TensorSpec[]): Float64Array {
  const columns = outputs.map((spec) => {
    const { shape, data } = tensors.find(({ name }) => name === spec.name) as Tensor;
    const width = data.length / (shape[0] as number);
    const own = data.slice((row as number) * width, ((row as number) + 1) * width);
    return Array.from(outputNumbers(spec, Array.isArray(own) ? own.map(textOf) : (own as Float64Array)));
  });
  return Float64Array.from(columns.flat());
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
