import { AppError } from '@millrace/core';

import type { BatchPacker } from './batch-packer.ts';
import { withLost } from './lost-results.ts';
import type { BatchSlot, VectorBatch } from './vector-batch.ts';

/** What all batches for a model have in common. */
export type BatchShape = Pick<BatchSlot, 'width' | 'inputName' | 'fixedRows' | 'outputNames' | 'columns'>;

let slots = 0;

/** Packs vectors into memory that is used again and again, so that a steady flow allocates none. */
export class BatchBuffers implements BatchPacker<Float32Array, Float64Array, VectorBatch> {
  readonly #shape: BatchShape;
  readonly #maxRows: number;
  readonly #free: BatchSlot[] = [];

  /** `maxRows`: the largest batch. */
  constructor(shape: BatchShape, maxRows: number) {
    this.#shape = shape;
    this.#maxRows = maxRows;
  }

  /** @throws AppError `MODEL_FAILED` for a vector of another length than the model's input */
  pack(rows: readonly Float32Array[]): VectorBatch {
    const { width } = this.#shape;
    const wrong = rows.find((row) => row.length !== width);
    if (wrong) throw new AppError('MODEL_FAILED', `the vector has ${wrong.length} features, the model takes ${width}`);
    // the one that was free first: writing to what another core still has in its cache takes up to 25 times as long
    const slot = this.#free.shift() ?? this.#allocate();
    for (let i = 0; i < rows.length; i++) slot.vectors.set(rows[i] as Float32Array, i * width);
    return { slot, rows: rows.length, lost: null };
  }

  /** The results of each row, views of one copy. */
  unpack({ slot: { results }, rows, lost }: VectorBatch): readonly Float64Array[] {
    const { columns } = this.#shape;
    const own = Float64Array.from(results.subarray(0, rows * columns));
    return Array.from({ length: rows }, (_, i) => {
      const result = own.subarray(i * columns, (i + 1) * columns);
      return lost === null ? result : withLost(result, lost.subarray(i * columns, (i + 1) * columns));
    });
  }

  free({ slot }: VectorBatch): void {
    this.#free.push(slot);
  }

  #allocate(): BatchSlot {
    const { width, columns } = this.#shape;
    return {
      ...this.#shape,
      id: slots++,
      vectors: new Float32Array(new SharedArrayBuffer(this.#maxRows * width * Float32Array.BYTES_PER_ELEMENT)),
      results: new Float64Array(new SharedArrayBuffer(this.#maxRows * columns * Float64Array.BYTES_PER_ELEMENT)),
    };
  }
}
