import type { Source } from '@millrace/batching';
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
import { withThreads } from './with-threads.ts';

/** A version for the doors alone, whatever it takes and gives. */
export interface LoadedTensorModel extends TensorModel {
  /** Rows of a source that wait for a batch; a request without rows counts as one. */
  queuedRows(source: Source): number;
  close(): Promise<void>;
}

/**
 * Loads any model into worker threads and warms it up. Outputs that are no tensors are left out.
 *
 * @throws AppError `MODEL_INVALID`; `NOT_IN_THIS_VERSION` for an input that is no tensor, and where no output is one
 */
export function loadTensorModel(options: RunOptions): Promise<LoadedTensorModel> {
  const { files, batch } = options;
  return withThreads(options, async (threads) => {
    const [{ signature, provider }] = threads;
    const served = servedSignature(`${files.name} ${files.version}`, signature);
    const dimension = rowDimension(served);
    const hasRows = dimension !== 'none';
    const inputs = served.inputs.map((spec) => tensorInfo(spec, hasRows));
    const outputs = served.outputs.map((spec) => tensorInfo(spec, hasRows));
    const maxRows = dimension === 'any' ? batch.rows : 1;
    const rows = await batchRows<TensorRow, TensorRow, TensorBatch>(options, threads, {
      packer: new TensorPacker(outputs),
      sample: { tensors: inputs.map((info) => zeroTensor(info, 1)), row: hasRows ? 0 : null },
      maxRows,
      bytesOf: rowBytes,
    });
    const about = {
      name: files.name,
      version: files.version,
      provider,
      workers: threads.length,
      batchRows: maxRows,
      mostRows: hasRows ? rows.mostRows : 0,
      inputs,
      outputs,
    };
    const { queuedRows, close } = rows;
    return { ...about, infer: inferBy(rows, about), queuedRows, close };
  });
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
