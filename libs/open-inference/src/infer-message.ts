/** An integer of 64 bits, as readers of protobuf hand it out where it may be beyond 2^53 (`Long`). */
export type WireInteger = number | { readonly high: number; readonly low: number };

/** One of them is there. */
export interface InferParameterMessage {
  readonly bool_param?: boolean;
  readonly int64_param?: WireInteger;
  readonly string_param?: string;
  readonly double_param?: number;
  readonly uint64_param?: WireInteger;
}

/** Null: a name was sent and no value. */
export type ParametersMessage = Readonly<Record<string, InferParameterMessage | null>>;

export interface TensorContentsMessage {
  readonly bool_contents?: readonly boolean[];
  readonly int_contents?: readonly number[];
  readonly int64_contents?: readonly WireInteger[];
  readonly uint_contents?: readonly number[];
  readonly uint64_contents?: readonly WireInteger[];
  readonly fp32_contents?: readonly number[];
  readonly fp64_contents?: readonly number[];
  readonly bytes_contents?: readonly Uint8Array[];
}

export interface InputTensorMessage {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly WireInteger[];
  readonly parameters: ParametersMessage;
  readonly contents?: TensorContentsMessage | null;
}

/** `ModelInferRequest` of `proto/inference.proto`; what was not sent is empty. */
export interface ModelInferRequest {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: ParametersMessage;
  readonly inputs: readonly InputTensorMessage[];
  readonly outputs: readonly { readonly name: string; readonly parameters: ParametersMessage }[];
  readonly raw_input_contents: readonly Uint8Array[];
}

/** `ModelInferResponse`. */
export interface ModelInferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
  readonly raw_output_contents: readonly Uint8Array[];
}
