import type { TensorSpec } from './signature.ts';

/** An output of numbers, as the columns that it has in a row's result. */
export interface OutputColumns {
  /** `probabilities.late`, or the output's own name where it has one column. */
  readonly names: readonly string[];
  /** The texts that the numbers of its one column are indices into; null: they are numbers. */
  readonly labels: readonly string[] | null;
}

/**
 * The columns of an output: one number per row ([N] or [N, 1]), or some ([N, C]), which are named by their classes, or by
 * their place where these are not known. A text is an index into the classes. Null for any other output.
 */
export function outputColumns({ name, type, shape, labels }: TensorSpec): OutputColumns | null {
  const [, width = 1] = shape;
  if (type === null || shape.length < 1 || shape.length > 2 || typeof width === 'string') return null;
  if (type === 'string') return labels && width === 1 ? { names: [name], labels } : null;
  if (width === 1) return { names: [name], labels: null };
  return { names: Array.from({ length: width }, (_, i) => `${name}.${labels?.[i] ?? i}`), labels: null };
}
