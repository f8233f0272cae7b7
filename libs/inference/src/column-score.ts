import { lostDigits } from '@millrace/core';
import { rowsOf, type Tensor, type TensorRow } from '@millrace/tensors';

import type { BatchedRows } from './batch-rows.ts';
import { columnRefusal, columnTensor, type ColumnInput } from './column-input.ts';
import type { ModelPort } from './model-port.ts';
import { isLongIntegers, withLost } from './onnx/lost-results.ts';
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
  const columns: number[] = [];
  const lost: number[] = [];
  for (const spec of outputs) {
    const { shape, data } = tensors.find(({ name }) => name === spec.name) as Tensor;
    const width = data.length / (shape[0] as number);
    const own = data.slice((row as number) * width, ((row as number) + 1) * width);
    const numbers = Array.from(outputNumbers(spec, Array.isArray(own) ? own.map(textOf) : (own as Float64Array)));
    columns.push(...numbers);
    lost.push(...(isLongIntegers(own) ? Array.from(own, lostDigits) : numbers.map(() => Number.NaN)));
  }
  return withLost(Float64Array.from(columns), Float64Array.from(lost));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
