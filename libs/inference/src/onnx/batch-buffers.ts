import { AppError } from '@millrace/core';

import type { BatchPacker } from './batch-packer.ts';
import { withLost } from './lost-results.ts';
import type { VectorBatch } from './vector-batch.ts';

/** What all batches for a model have in common. */
export type BatchShape = Pick<VectorBatch, 'width' | 'inputName' | 'fixedRows' | 'outputNames' | 'columns'>;

/** Packs vectors into arrays that go to a worker and come back, so that a steady flow allocates none. */
export class BatchBuffers implements BatchPacker<Float32Array, Float64Array, VectorBatch> {
  readonly #shape: BatchShape;
  readonly #maxRows: number;
  readonly #free: Pick<VectorBatch, 'vectors' | 'results'>[] = [];

  constructor(shape: BatchShape, maxRows: number) {
    this.#shape = shape;
    this.#maxRows = maxRows;
  }

  /** @throws AppError `MODEL_FAILED` for a vector of another length than the model's input */
  pack(rows: readonly Float32Array[]): VectorBatch {
    const { width } = this.#shape;
    const wrong = rows.find((row) => row.length !== width);
    if (wrong) throw new AppError('MODEL_FAILED', `the vector has ${wrong.length} features, the model takes ${width}`);
    const buffers =
      (rows.length <= this.#maxRows && this.#free.pop()) || this.#allocate(Math.max(rows.length, this.#maxRows));
    for (let i = 0; i < rows.length; i++) buffers.vectors.set(rows[i] as Float32Array, i * width);
    return { ...this.#shape, ...buffers, rows: rows.length, lost: null };
  }

  /** The results of each row, views of one copy; the arrays are free again. */
  unpack({ rows, vectors, results, lost }: VectorBatch): readonly Float64Array[] {
    const { columns } = this.#shape;
    const own = results.slice(0, rows * columns);
    const found = Array.from({ length: rows }, (_, i) => {
      const result = own.subarray(i * columns, (i + 1) * columns);
      return lost === null ? result : withLost(result, lost.subarray(i * columns, (i + 1) * columns));
    });
    if (vectors.length === this.#maxRows * this.#shape.width) this.#free.push({ vectors, results });
    return found;
  }

  #allocate(rows: number): Pick<VectorBatch, 'vectors' | 'results'> {
    const { width, columns } = this.#shape;
    return { vectors: new Float32Array(rows * width), results: new Float64Array(rows * columns) };
  }
}
