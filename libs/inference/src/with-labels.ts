import type { ModelSignature, TensorSpec } from './signature.ts';

/** A classifier's signature with its classes at the outputs that are a label or have a column per class. */
export function withLabels({ inputs, outputs }: ModelSignature, labels: readonly string[] | null): ModelSignature {
  if (labels === null) return { inputs, outputs };
  const anyRows = inputs.every(({ shape }) => typeof shape[0] === 'string');
  return { inputs, outputs: outputs.map((output) => labelled(anyRows ? withAnyRows(output) : output, labels)) };
}

/** LightGBM's exporter declares a label as [1], for any number of rows. */
function withAnyRows(output: TensorSpec): TensorSpec {
  const { type, shape } = output;
  const isOne = shape.length === 1 && shape[0] === 1;
  return isOne && (type === 'string' || type === 'int64') ? { ...output, shape: [''] } : output;
}

function labelled(output: TensorSpec, labels: readonly string[]): TensorSpec {
  const { type, shape } = output;
  const isText = type === 'string' && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
  const hasColumns = type !== null && type !== 'string' && shape.length === 2 && shape[1] === labels.length;
  return isText || hasColumns ? { ...output, labels } : output;
}
