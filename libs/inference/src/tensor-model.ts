import type { SubmitOptions } from '@millrace/batching';
import type { Tensor, TensorInfo } from '@millrace/tensors';

import type { ProviderRefusal } from './provider-refusal.ts';

/** A version of a model as the doors serve it: tensors in, tensors out. */
export interface TensorModel {
  readonly name: string;
  readonly version: string;
  /** The execution provider that took it. */
  readonly provider: string;
  /** Why those that were preferred to it did not, in any of the workers. */
  readonly refused: readonly ProviderRefusal[];
  readonly workers: number;
  /** The largest batch that is run. */
  readonly batchRows: number;
  /**
   * A call may bring so many rows, in the first dimension of all inputs and outputs; they are run in batches. 0: the model
   * has no such dimension, and runs a call as it is.
   */
  readonly mostRows: number;
  /** Under the names of the model's file. */
  readonly inputs: readonly TensorInfo[];
  /** Under the names of the model's file: those that are computed. */
  readonly outputs: readonly TensorInfo[];
  /**
   * The named outputs, in their order. The rows share batches with those of everybody else.
   *
   * @param inputs as `checkInputs` gives them
   * @param how which door they came by, and what holds of the request
   * @throws AppError `TENSOR_INVALID` for too many rows, `OVERLOADED`, `MODEL_UNUSABLE`; `MODEL_FAILED` or
   *   `NAN_NOT_ALLOWED` for the first row that fails, `DEADLINE_EXCEEDED` or `CANCELLED` for one that was not computed
   */
  infer(inputs: readonly Tensor[], outputs: readonly string[], how?: SubmitOptions): Promise<readonly Tensor[]>;
}
