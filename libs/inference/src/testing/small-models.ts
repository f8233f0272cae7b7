import { dataType, onnxFile } from './onnx-file.ts';

/**
 * Adds up the features: one output `sum`, [N, 1]. `rows`: how many rows a run takes (`'N'`: any number). `file`: where
 * its weights are, one float32 a feature.
 */
export function sumModel(features: number, rows: number | string = 'N', file?: string): Buffer {
  return onnxFile({
    inputs: [{ name: 'features', type: 'float32', shape: [rows, features] }],
    outputs: [{ name: 'sum', type: 'float32', shape: [rows, 1] }],
    nodes: [{ op: 'MatMul', inputs: ['features', 'ones'], output: 'sum' }],
    constants: { ones: { shape: [features, 1], values: new Float32Array(features).fill(1), ...(file && { file }) } },
  });
}

/**
 * Takes the first feature as an index into a table: one output `found`, [N], float32, or int64 for bigints. A batch with an
 * index outside the table fails as a whole, as models with a vocabulary do.
 *
 * @param input type of the features
 */
export function lookupModel(
  features: number,
  table: readonly number[] | BigInt64Array,
  input: 'float32' | 'float64' = 'float32',
): Buffer {
  const [type, values] =
    table instanceof BigInt64Array ? (['int64', table] as const) : (['float32', Float32Array.from(table)] as const);
  return onnxFile({
    inputs: [{ name: 'features', type: input, shape: ['N', features] }],
    outputs: [{ name: 'found', type, shape: ['N'] }],
    nodes: [
      { op: 'Gather', inputs: ['features', 'first'], output: 'column', attributes: { axis: 1 } },
      { op: 'Cast', inputs: ['column'], output: 'index', attributes: { to: 7 } },
      { op: 'Gather', inputs: ['table', 'index'], output: 'found', attributes: { axis: 0 } },
    ],
    constants: {
      first: { shape: [], values: BigInt64Array.of(0n) },
      table: { shape: [table.length], values },
    },
  });
}

/** Two outputs: `sum`, float32 [N, 1], and `label`, int64 [N, 1], as classifiers have. */
export function labelledModel(features: number): Buffer {
  return onnxFile({
    inputs: [{ name: 'features', type: 'float32', shape: ['N', features] }],
    outputs: [
      { name: 'label', type: 'int64', shape: ['N', 1] },
      { name: 'sum', type: 'float32', shape: ['N', 1] },
    ],
    nodes: [
      { op: 'MatMul', inputs: ['features', 'ones'], output: 'sum' },
      { op: 'Cast', inputs: ['sum'], output: 'label', attributes: { to: 7 } },
    ],
    constants: { ones: { shape: [features, 1], values: new Float32Array(features).fill(1) } },
  });
}

/** Triton's example model: OUTPUT0 is the sum of two inputs int32 [N, 16], OUTPUT1 their difference. */
export function simpleModel(rows: number | string = 'N'): Buffer {
  const spec = (name: string) => ({ name, type: 'int32', shape: [rows, 16] });
  return onnxFile({
    inputs: [spec('INPUT0'), spec('INPUT1')],
    outputs: [spec('OUTPUT0'), spec('OUTPUT1')],
    nodes: [
      { op: 'Add', inputs: ['INPUT0', 'INPUT1'], output: 'OUTPUT0' },
      { op: 'Sub', inputs: ['INPUT0', 'INPUT1'], output: 'OUTPUT1' },
    ],
  });
}

/** Gives back `x` as `y`, of any type and shape. */
export function identityModel(type: string, shape: readonly (number | string)[]): Buffer {
  return onnxFile({
    inputs: [{ name: 'x', type, shape }],
    outputs: [{ name: 'y', type, shape }],
    nodes: [{ op: 'Identity', inputs: ['x'], output: 'y' }],
  });
}

/** Two features; gives the first as a number of another type: one output `first`, [N, 1]. */
export function castModel(type: string): Buffer {
  return onnxFile({
    inputs: [{ name: 'features', type: 'float32', shape: ['N', 2] }],
    outputs: [{ name: 'first', type, shape: ['N', 1] }],
    nodes: [
      { op: 'MatMul', inputs: ['features', 'one'], output: 'column' },
      { op: 'Cast', inputs: ['column'], output: 'first', attributes: { to: dataType(type) } },
    ],
    constants: { one: { shape: [2, 1], values: Float32Array.of(1, 0) } },
  });
}

/**
 * Gives back the first feature as `first`, [N], behind work on a matrix of so many rows of 512 as the greatest feature
 * says: 10,000 take a core some seconds, and 10^12 more memory than there is.
 */
export function labouringModel(features: number): Buffer {
  const width = 512;
  const labours = Array.from({ length: 16 }, (_, i) => ({
    op: 'MatMul',
    inputs: [`m${i}`, 'weights'],
    output: `m${i + 1}`,
  }));
  return onnxFile({
    inputs: [{ name: 'features', type: 'float32', shape: ['N', features] }],
    outputs: [{ name: 'first', type: 'float32', shape: ['N'] }],
    nodes: [
      { op: 'ReduceMax', inputs: ['features'], output: 'greatest', attributes: { keepdims: 0 } },
      { op: 'Cast', inputs: ['greatest'], output: 'count', attributes: { to: 7 } },
      { op: 'Reshape', inputs: ['count', 'one'], output: 'rows' },
      { op: 'Concat', inputs: ['rows', 'width'], output: 'shape', attributes: { axis: 0 } },
      { op: 'ConstantOfShape', inputs: ['shape'], output: 'm0' },
      ...labours,
      { op: 'ReduceSum', inputs: [`m${labours.length}`], output: 'nothing', attributes: { keepdims: 0 } },
      { op: 'Gather', inputs: ['features', 'column'], output: 'taken', attributes: { axis: 1 } },
      { op: 'Add', inputs: ['taken', 'nothing'], output: 'first' },
    ],
    constants: {
      one: { shape: [1], values: BigInt64Array.of(1n) },
      width: { shape: [1], values: BigInt64Array.of(BigInt(width)) },
      weights: { shape: [width, width], values: new Float32Array(width * width) },
      column: { shape: [], values: BigInt64Array.of(0n) },
    },
  });
}
