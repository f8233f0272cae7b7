/** Memory for batches that a worker and whoever feeds it share: it is shown to the worker once, and named from then on. */
export interface BatchSlot {
  /** No other slot of this process has it. */
  readonly id: number;
  /** Features per row. */
  readonly width: number;
  readonly inputName: string;
  /** How many rows the model takes in a run; null: any number. */
  readonly fixedRows: number | null;
  /** Which outputs to compute. */
  readonly outputNames: readonly string[];
  /** How many columns the results have: those of all these outputs, by `outputColumns`. */
  readonly columns: number;
  /** Row by row; may be longer than needed. */
  readonly vectors: Float32Array<SharedArrayBuffer>;
  /** Row by row; may be longer than needed. */
  readonly results: Float64Array<SharedArrayBuffer>;
}

/** Rows for a worker and, once it has run them, their results. */
export interface VectorBatch {
  readonly slot: BatchSlot;
  readonly rows: number;
  /** `lostDigits` of each result; null: of none is anything lost. */
  readonly lost: Float64Array | null;
}
