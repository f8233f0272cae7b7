/** Rows on their way to a worker and back. The arrays are transferred, not copied, and come back for the next batch. */
export interface VectorBatch {
  readonly rows: number;
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
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Row by row; may be longer than needed. */
  readonly results: Float64Array<ArrayBuffer>;
  /** `lostDigits` of each result; null: of none is anything lost. */
  readonly lost: Float64Array<ArrayBuffer> | null;
}
