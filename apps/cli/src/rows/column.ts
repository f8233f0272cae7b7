import { AppError } from '@millrace/core';

/**
 * What a column holds: a text; an instant, in epoch milliseconds; a float32, in its shortest digits where it becomes
 * text; a float64.
 */
export type ColumnKind = 'text' | 'instant' | 'float32' | 'float64';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/**
 * A cell. Null, and a number that is not finite, are empty in CSV, and null in JSON and Parquet. A bigint is an integer beyond
 * 2^53, whose last digits only text can keep.
 */
export type Cell = string | number | bigint | null;

export function columns(kind: ColumnKind, names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, kind }));
}

/** @throws AppError `WRONG_USE` where two columns have one name */
export function assertDistinct(all: readonly Column[]): void {
  const seen = new Set<string>();
  for (const { name } of all) {
    if (seen.has(name))
      throw new AppError(
        'WRONG_USE',
        `two columns would be called ${name}; give the feature of that name another one, or the output, by predict.outputs.`,
      );
    seen.add(name);
  }
}
