import type { TensorData } from '@millrace/tensors';

/** A tensor as a worker takes and gives it: its type is the model's to say, and a text is a string. */
export interface WorkerTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Exclude<TensorData[keyof TensorData], readonly Uint8Array[]> | readonly string[];
}

/** A model's inputs on their way to a worker, its outputs on their way back. The arrays are transferred, not copied. */
export interface TensorBatch {
  /** In the first dimension of all tensors; null: they are whole, and have no rows. */
  readonly rows: number | null;
  readonly tensors: readonly WorkerTensor[];
  /** Which outputs to compute. */
  readonly outputNames: readonly string[];
}
