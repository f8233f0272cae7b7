import type { Plan } from '@millrace/pipeline';

/** What the second thread of an offline run is started with. */
export interface PartSetup {
  readonly pipeline: string;
  /** Of the plan that the first thread goes by. */
  readonly featureSet: string;
  readonly file: string;
  /** Indices of the stages whose windows it computes. */
  readonly stages: readonly number[];
  readonly disorderMs: number;
  /** An int32: batches that the first thread has taken. The second one waits when it is too far ahead. */
  readonly taken: SharedArrayBuffer;
}

/** What those stages say to some requests, in their order. */
export interface PartBatch {
  /** Event times of the requests. */
  readonly at: Float64Array;
  /** Row by row, the values of `partColumns`. */
  readonly values: Float32Array;
}

/** Where the values of some stages stand in the vector. */
export function partColumns({ stages }: Plan, chosen: readonly number[]): readonly number[] {
  return chosen.flatMap((index) => stages[index]?.features.map((feature) => feature.index) ?? []);
}
