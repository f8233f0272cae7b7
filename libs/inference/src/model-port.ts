import type { RowOutcome, SubmitOptions } from '@millrace/batching';

/** A version of a model that is ready to score vectors. */
export interface ModelPort {
  readonly name: string;
  readonly version: string;
  /** Published names of the outputs, in the order of a row's result. */
  readonly outputs: readonly string[];
  /** By the published names of outputs that are texts: what their numbers are indices into. Absent: none is. */
  readonly labels?: ReadonlyMap<string, readonly string[]>;
  /**
   * One outcome per vector, in order: its outputs, behind which stand the `lostDigits` of each where one is an integer beyond
   * 2^53, or why the model fails on it (`MODEL_FAILED`). NaN is an ordinary
   * value, unless the model says that it takes none (`NAN_NOT_ALLOWED`). Whoever asks for a door says so in `how`, with what holds of the
   * request: its rows may also end as `DEADLINE_EXCEEDED` and `CANCELLED`. Outputs are not to be written to: another row may
   * get the same.
   *
   * @throws AppError `MODEL_UNUSABLE`: no row is to blame. Of a door's request, Overloaded (`OVERLOADED`) and AppError
   *   `BODY_TOO_LARGE`.
   */
  score(vectors: readonly Float32Array[], how?: SubmitOptions): Promise<readonly RowOutcome<Float64Array>[]>;
}
