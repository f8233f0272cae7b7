import { AppError, type Value } from '@millrace/core';
import { makeTensor, numberTensor, type Datatype, type Tensor } from '@millrace/tensors';

import type { TensorSpec } from './signature.ts';
import { DATATYPE_OF } from './tensor-info.ts';

/** An input of a model, and the features that it takes. */
export interface ColumnInput {
  readonly name: string;
  readonly datatype: Exclude<Datatype, 'FP16'>;
  /** Behind the rows: [], [1] or [k]. */
  readonly width: readonly number[];
  /** Their places in the vector. */
  readonly places: readonly number[];
  /** Of a text: the categories that the feature is an index into. */
  readonly categories: readonly Value[] | null;
}

/**
 * The inputs of a model that takes a feature each, [N] or [N, 1], under the features' names, as pipelines of data frames
 * are exported; or all of them in one, float64 [N, k]. Null: it takes something else.
 */
export function columnInputs(
  inputs: readonly TensorSpec[],
  vector: readonly string[],
  categories: ReadonlyMap<string, readonly Value[]>,
): readonly ColumnInput[] | null {
  const [only] = inputs;
  if (
    only &&
    inputs.length === 1 &&
    only.type === 'float64' &&
    only.shape.length === 2 &&
    only.shape[1] === vector.length
  )
    return [
      { name: only.name, datatype: 'FP64', width: [vector.length], places: [...vector.keys()], categories: null },
    ];
  const found = inputs.flatMap((input) => columnInput(input, vector, categories) ?? []);
  return found.length === inputs.length && found.length === vector.length ? found : null;
}

function columnInput(
  { name, type, shape }: TensorSpec,
  vector: readonly string[],
  categories: ReadonlyMap<string, readonly Value[]>,
): ColumnInput | null {
  const place = vector.indexOf(name);
  const datatype = DATATYPE_OF.get(type);
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (place < 0 || !isColumn || datatype === undefined || datatype === 'FP16') return null;
  const texts = categories.get(name) ?? null;
  if (datatype === 'BYTES' && texts === null) return null;
  return { name, datatype, width: shape.length === 1 ? [] : [1], places: [place], categories: texts };
}

/** A column of some vectors. A category that is null or not in the list is the empty text. */
export function columnTensor(
  { name, datatype, width, places, categories }: ColumnInput,
  vectors: readonly Float32Array[],
): Tensor {
  const shape = [vectors.length, ...width];
  const values = vectors.flatMap((vector) => places.map((place) => vector[place] as number));
  if (datatype !== 'BYTES') return numberTensor(name, datatype, shape, values);
  const texts = (categories ?? []).map((value) => new TextEncoder().encode(String(value)));
  return makeTensor(
    name,
    datatype,
    shape,
    values.map((value) => texts[value] ?? new Uint8Array()),
  );
}

/** Why a vector cannot be taken: an input of integers or booleans has no place for null and fractions. Null: it can. */
export function columnRefusal(inputs: readonly ColumnInput[]): (vector: Float32Array) => AppError | null {
  const whole = inputs.filter(({ datatype }) => !['FP32', 'FP64', 'BYTES'].includes(datatype));
  return (vector) => {
    const wrong = whole.find(({ datatype, places: [place = -1] }) => !holds(datatype, vector[place] as number));
    if (!wrong) return null;
    const { name, datatype, places } = wrong;
    const found = vector[places[0] as number] as number;
    return new AppError('MODEL_FAILED', `found ${found} in ${name}, which the model takes as ${datatype}`);
  };
}

const RANGES: Readonly<Partial<Record<Datatype, readonly [least: number, most: number]>>> = {
  BOOL: [0, 1],
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  UINT64: [0, 2 ** 63],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
  INT64: [-(2 ** 62), 2 ** 62],
};

function holds(datatype: Datatype, value: number): boolean {
  const [least, most] = RANGES[datatype] ?? [-Infinity, Infinity];
  return Number.isInteger(value) && value >= least && value <= most;
}
