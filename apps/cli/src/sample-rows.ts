import { AppError } from '@millrace/core';
import { parseEventTime } from '@millrace/pipeline';

import type { TableRow } from './sample-table.ts';

/** A row of a training sample, before it is scored. */
export interface UnscoredRow {
  /** Event time, epoch milliseconds. */
  readonly at: number | null;
  readonly label: number | null;
  /** As the model takes it: float32, NaN for empty. */
  readonly vector: Float32Array;
}

/**
 * Takes the features by name, and `at` and `label` where they are there; other columns are ignored.
 *
 * @throws AppError `INPUT_INVALID` for a column that is missing, or a value that is no number, naming the row
 */
export function sampleRows(
  table: readonly TableRow[],
  features: readonly string[],
  file: string,
): readonly UnscoredRow[] {
  const columns = Object.keys(table[0] ?? {});
  const missing = features.filter((name) => !columns.includes(name));
  if (table.length === 0) throw new AppError('INPUT_INVALID', `${file} has no rows; a profile needs some thousands.`);
  if (missing.length > 0) {
    throw new AppError(
      'INPUT_INVALID',
      `${file} has no column ${missing.join(', ')}; it has ${columns.join(', ')}. A sample holds every feature of the pipeline by its name.`,
    );
  }
  return table.map((row, i) => {
    const refuse = (column: string, wanted: string): never => {
      const id = row['id'] === undefined ? '' : ` (id ${String(row['id'])})`;
      throw new AppError(
        'INPUT_INVALID',
        `${file}: row ${i + 1}${id} has ${JSON.stringify(row[column])} for ${column}; ${wanted} is allowed, or nothing.`,
      );
    };
    return {
      at: isEmpty(row['at'])
        ? null
        : (parseEventTime(asInteger(row['at'])) ?? refuse('at', 'RFC 3339 or epoch milliseconds')),
      label: isEmpty(row['label']) ? null : (numberOf(row['label']) ?? refuse('label', 'a number')),
      vector: Float32Array.from(features, (name) =>
        isEmpty(row[name]) ? Number.NaN : (numberOf(row[name]) ?? refuse(name, 'a number')),
      ),
    };
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Epoch milliseconds are texts in a CSV. */
function asInteger(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}

const NAMED = new Map<unknown, number>([
  [true, 1],
  ['true', 1],
  [false, 0],
  ['false', 0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const named = NAMED.get(value);
  if (named !== undefined) return named;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? null : number;
}
