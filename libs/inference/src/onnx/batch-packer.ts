import type { WorkerBatch } from './worker-protocol.ts';

/** Between rows and what a worker takes and gives. */
export interface BatchPacker<Row, Result, Batch extends WorkerBatch> {
  /** @throws AppError `MODEL_FAILED` for a row that is not the model's */
  pack(rows: readonly Row[]): Batch;
  /**
   * A result per row, in order.
   *
   * @throws AppError `MODEL_FAILED` for results that are not the rows'
   */
  unpack(batch: Batch): readonly Result[];
  /** Takes back what `pack` used: no worker has it any more. */
  free?(batch: Batch): void;
}
