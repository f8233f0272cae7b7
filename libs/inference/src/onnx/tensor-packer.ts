import { AppError } from '@millrace/core';
import {
  describeShape,
  joinRows,
  makeTensor,
  rowsOf,
  type Tensor,
  type TensorData,
  type TensorInfo,
  type TensorRow,
} from '@millrace/tensors';

import type { BatchPacker } from './batch-packer.ts';
import type { TensorBatch, WorkerTensor } from './tensor-batch.ts';

const ENCODER = new TextEncoder();
/** A text that begins with a byte order mark keeps it. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Puts rows of tensors together for a worker, and cuts what it answers into rows again: views, not copies. A row of whole
 * tensors goes alone.
 */
export class TensorPacker implements BatchPacker<TensorRow, TensorRow, TensorBatch> {
  readonly #outputs: readonly TensorInfo[];

  /** All outputs are computed, whoever wants which: rows of all share a batch. */
  constructor(outputs: readonly TensorInfo[]) {
    this.#outputs = outputs;
  }

  pack(rows: readonly TensorRow[]): TensorBatch {
    return {
      rows: rows[0]?.row === null ? null : rows.length,
      tensors: joinRows(rows).map(toWorker),
      outputNames: this.#outputs.map(({ name }) => name),
    };
  }

  unpack({ rows, tensors: found }: TensorBatch): readonly TensorRow[] {
    const tensors = this.#outputs.map((info, i) => fromWorker(info, found[i] as WorkerTensor));
    if (rows === null) return [{ tensors, row: null }];
    this.#outputs.forEach((info, i) => checkShape(info, tensors[i] as Tensor, rows));
    return rowsOf(tensors);
  }
}

function toWorker({ name, shape, datatype, data }: Tensor): WorkerTensor {
  return { name, shape, data: datatype === 'BYTES' ? data.map((text) => DECODER.decode(text)) : data };
}

function fromWorker({ name, datatype }: TensorInfo, { shape, data }: WorkerTensor): Tensor {
  const own = datatype === 'BYTES' ? (data as readonly string[]).map((text) => ENCODER.encode(text)) : data;
  return makeTensor(name, datatype, shape, own as TensorData[typeof datatype]);
}

/** The runtime does not insist that an output is what the file declares. */
function checkShape({ name, shape: declared }: TensorInfo, { shape }: Tensor, rows: number): void {
  const wanted = [rows, ...declared.slice(1)];
  if (shape.length === wanted.length && shape.every((size, i) => size === wanted[i])) return;
  throw new AppError(
    'MODEL_FAILED',
    `for ${rows} rows ${name} has the shape ${describeShape(shape)}; declared is ${describeShape(declared)}`,
  );
}
