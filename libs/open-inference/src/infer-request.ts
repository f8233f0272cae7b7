import type { Tensor } from '@millrace/tensors';

/** Names and values beside the tensors; what is not known is ignored. */
export type Parameters = Readonly<Record<string, string | number | bigint | boolean>>;

export interface InferRequest {
  /** Comes back in the answer; null: none was given. */
  readonly id: string | null;
  readonly parameters: Parameters;
  readonly inputs: readonly Tensor[];
  /** Null: all that the model has. */
  readonly outputs: readonly RequestedOutput[] | null;
  /** Whether outputs that do not say otherwise come back as bytes (`binary_data_output`). */
  readonly binaryOutput: boolean;
}

export interface RequestedOutput {
  readonly name: string;
  /** As bytes behind the JSON (`binary_data`). */
  readonly binary: boolean;
  /** How many of the highest values, instead of the tensor (`classification`); 0: the tensor. */
  readonly classes: number;
}
