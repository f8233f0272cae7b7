/** An input or output of a model, as the model file declares it. */
export interface TensorSpec {
  readonly name: string;
  /** `float32`, `int64`, …; null: not a tensor (a sequence or a map). */
  readonly type: string | null;
  /** A dimension without a fixed size is its symbolic name, which may be empty. Empty: a scalar, or not declared. */
  readonly shape: readonly (number | string)[];
  /** Of a classifier's output: the classes, which its texts are of, or one for each of its columns. */
  readonly labels?: readonly string[];
}

/** What a model takes and gives. */
export interface ModelSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** For people: `features float32 [N, 20]`. */
export function describeTensor({ name, type, shape }: TensorSpec): string {
  if (type === null) return `${name} (a sequence or a map)`;
  return `${name} ${type} [${shape.map((size) => (size === '' ? 'N' : size)).join(', ')}]`;
}
