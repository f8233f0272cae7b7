import { AppError } from '@millrace/core';
import { joinRows, rowBytes, rowsOf, zeroTensor, type Tensor, type TensorRow } from '@millrace/tensors';

import { batchRows, type BatchedRows } from './batch-rows.ts';
import { checkRows } from './check-rows.ts';
import { checkTexts } from './check-texts.ts';
import type { TensorBatch } from './onnx/tensor-batch.ts';
import { TensorPacker } from './onnx/tensor-packer.ts';
import { rowDimension } from './row-dimension.ts';
import { rowValue } from './row-value.ts';
import type { RunOptions } from './run-options.ts';
import { describeTensor, type ModelSignature } from './signature.ts';
import { tensorInfo } from './tensor-info.ts';
import type { TensorModel } from './tensor-model.ts';
import { refusedBy, type Threads } from './with-threads.ts';

/** A model of tensors for the doors, and the batcher that its rows go through. */
export interface ServedTensors {
  readonly model: TensorModel;
  readonly rows: BatchedRows<TensorRow, TensorRow>;
}

/**
 * Warms threads up for tensors, and puts a micro-batcher before them.
 *
 * @throws AppError `NOT_IN_THIS_VERSION`; ThreadLost where zeros lose a thread
 */
export async function serveTensors(options: RunOptions, threads: Threads): Promise<ServedTensors> {
  const { files, batch } = options;
  const [{ signature, provider }] = threads;
  const served = servedSignature(`${files.name} ${files.version}`, signature);
  const dimension = rowDimension(served);
  const hasRows = dimension !== 'none';
  const inputs = served.inputs.map((spec) => tensorInfo(spec, hasRows));
  const outputs = served.outputs.map((spec) => tensorInfo(spec, hasRows));
  const maxRows = dimension === 'any' ? batch.rows : 1;
  const rows = await batchRows<TensorRow, TensorRow, TensorBatch>(options, threads, {
    packer: () => new TensorPacker(outputs),
    sample: { tensors: inputs.map((info) => zeroTensor(info, 1)), row: hasRows ? 0 : null },
    maxRows,
    bytesOf: rowBytes,
  });
  const about = {
    name: files.name,
    version: files.version,
    provider,
    refused: refusedBy(threads),
    workers: threads.length,
    batchRows: maxRows,
    mostRows: hasRows ? rows.mostRows : 0,
    inputs,
    outputs,
  };
  return { model: { ...about, infer: inferBy(rows, about) }, rows };
}

/** @throws AppError `NOT_IN_THIS_VERSION` where nothing would be left */
function servedSignature(model: string, { inputs, outputs }: ModelSignature): ModelSignature {
  const tensors = outputs.filter(({ type }) => type !== null);
  if (tensors.length > 0) return { inputs, outputs: tensors };
  throw new AppError(
    'NOT_IN_THIS_VERSION',
    `${model} has the outputs ${outputs.map(describeTensor).join(', ')}; an output that is a tensor is needed.`,
  );
}

function inferBy(
  { submit }: Pick<BatchedRows<TensorRow, TensorRow>, 'submit'>,
  { inputs, outputs, mostRows }: Pick<TensorModel, 'inputs' | 'outputs' | 'mostRows'>,
): TensorModel['infer'] {
  const cut = (tensors: readonly Tensor[]): readonly TensorRow[] => {
    if (mostRows === 0) return [{ tensors, row: null }];
    checkRows(inputs[0]?.name ?? '', tensors[0]?.shape[0] ?? 0, mostRows);
    return rowsOf(tensors);
  };
  return async (tensors, wanted, how) => {
    checkTexts(tensors);
    const outcomes = await submit(cut(tensors), how);
    const results = outcomes.map((outcome, row) => rowValue(outcome, mostRows === 0 ? null : row));
    const found = results.length === 0 ? outputs.map((info) => zeroTensor(info, 0)) : joinRows(results);
    return wanted.map((name) => found.find((tensor) => tensor.name === name) as Tensor);
  };
}
