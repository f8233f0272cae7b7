import { AppError } from '@millrace/core';

import type { Tensor, TensorData } from './tensor.ts';

/** Row `row` of tensors that have their rows in the first dimension; null: the tensors are whole, and have no rows. */
export interface TensorRow {
  readonly tensors: readonly Tensor[];
  readonly row: number | null;
}

/**
 * Cuts tensors into rows, without copying.
 *
 * @throws AppError `TENSOR_INVALID` where one has more rows than another
 */
export function rowsOf(tensors: readonly Tensor[]): readonly TensorRow[] {
  const [first] = tensors;
  const rows = first?.shape[0] ?? 0;
  const other = tensors.find(({ shape }) => shape[0] !== rows);
  if (other)
    throw new AppError(
      'TENSOR_INVALID',
      `${other.name} has ${other.shape[0]} rows, ${first?.name} has ${rows}; all inputs have the same rows.`,
    );
  return Array.from({ length: rows }, (_, row) => ({ tensors, row }));
}

/**
 * Puts rows together again, in copies. Beyond the first dimension their tensors must be alike; there must be a row.
 *
 * ```
 * a of the shape [2, 3] is rows 0 and 1, b of the shape [5, 3] is row 4 → [3, 3]
 * ```
 */
export function joinRows(rows: readonly TensorRow[]): readonly Tensor[] {
  const spans = spansOf(rows);
  return (spans[0]?.tensors ?? []).map((like, i) => {
    const parts = spans.map(({ tensors, from, to }) => partOf(tensors[i] as Tensor, from, to));
    const shape = spans[0]?.from === null ? like.shape : [rows.length, ...like.shape.slice(1)];
    return { ...like, shape, data: joinData(parts) } as Tensor;
  });
}

/** How large a row is: of texts, the bytes of their characters. */
export function rowBytes({ tensors, row }: TensorRow): number {
  return tensors.reduce((sum, tensor) => sum + dataBytes(partOf(tensor, row, (row ?? 0) + 1)), 0);
}

/** Rows that follow each other in the same tensors: from, to and not including; null: all of it. */
interface Span {
  readonly tensors: readonly Tensor[];
  readonly from: number | null;
  to: number;
}

function spansOf(rows: readonly TensorRow[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { tensors, row } of rows) {
    const last = spans.at(-1);
    if (last?.tensors === tensors && last.to === row) last.to++;
    else spans.push({ tensors, from: row, to: (row ?? 0) + 1 });
  }
  return spans;
}

type Data = TensorData[keyof TensorData];
type Numbers = Exclude<Data, readonly Uint8Array[]>;

function partOf({ shape, data }: Tensor, from: number | null, to: number): Data {
  if (from === null) return data;
  const width = data.length / (shape[0] as number);
  return Array.isArray(data)
    ? data.slice(from * width, to * width)
    : (data as Numbers).subarray(from * width, to * width);
}

function dataBytes(data: Data): number {
  return 'byteLength' in data ? data.byteLength : data.reduce((sum, { length }) => sum + length, 0);
}

function joinData(parts: readonly Data[]): Data {
  if (Array.isArray(parts[0])) return parts.flat() as Data;
  const [first, ...others] = parts as readonly [Numbers, ...Numbers[]];
  if (others.length === 0) return first.slice();
  const length = others.reduce((sum, part) => sum + part.length, first.length);
  const joined = new (first.constructor as new (length: number) => Numbers)(length);
  let at = 0;
  for (const part of [first, ...others]) {
    (joined as Uint8Array).set(part as Uint8Array, at);
    at += part.length;
  }
  return joined;
}
