import { AppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import type { ParquetColumn, RowGroup } from '../parquet/parquet-table.ts';
import { rowGroups } from '../parquet/row-groups.ts';
import { columnValue } from './column-value.ts';
import type { EventLine } from './event-line.ts';
import type { Reading } from './reading.ts';

/** Rows become events in batches of so many. */
const BATCH_ROWS = 1024;

type Types = Plan['events'][number]['types'];

/** A column `type` and one per field, as in a CSV; a row group is in memory at a time. `line` is the row's number. */
export async function* parquetEvents(
  file: string,
  plan?: Plan,
  { from, onRead }: Reading = {},
): AsyncGenerator<readonly EventLine[]> {
  const typesOf = new Map(plan?.events.map(({ type, types }) => [type, types]));
  for await (const group of rowGroups(file, from)) {
    await onRead?.(group.share);
    yield* batchesOf(group, typesOf);
  }
}

function* batchesOf(group: RowGroup, typesOf: ReadonlyMap<string, Types>): Generator<readonly EventLine[]> {
  const eventAt = rowReader(group, typesOf);
  for (let from = 0; from < group.rows; from += BATCH_ROWS) {
    const to = Math.min(group.rows, from + BATCH_ROWS);
    const events: EventLine[] = [];
    try {
      for (let i = from; i < to; i++) events.push(eventAt(i));
    } finally {
      yield events; // what stands before a bad row comes before its error
    }
  }
}

function rowReader({ firstRow, columns }: RowGroup, typesOf: ReadonlyMap<string, Types>): (i: number) => EventLine {
  const typeColumn = columns.find(({ name }) => name === 'type');
  if (!typeColumn)
    throw new AppError(
      'INPUT_INVALID',
      `found the columns ${columns.map(({ name }) => name).join(', ')}; events need a column "type".`,
    );
  const fields = columns.filter((column) => column !== typeColumn);
  return (i) => {
    const line = firstRow + i + 1;
    const type = typeOf(typeColumn, i, line);
    return { type, payload: payloadOf(fields, i, typesOf.get(type), line), line };
  };
}

function typeOf(column: ParquetColumn, i: number, line: number): string {
  const type = valueOf(column, i, ['string'], line);
  if (typeof type === 'string' && type !== '') return type;
  throw new AppError(
    'INPUT_INVALID',
    `row ${line}: found no type; events need a column "type" with a text in each row.`,
  );
}

function payloadOf(
  fields: readonly ParquetColumn[],
  i: number,
  types: Types | undefined,
  line: number,
): EventLine['payload'] {
  const payload: Record<string, unknown> = {};
  for (const field of fields) {
    const value = valueOf(field, i, types?.get(field.name), line);
    if (value !== undefined) payload[field.name] = value;
  }
  return payload;
}

function valueOf(
  { name, decimal, values }: ParquetColumn,
  i: number,
  types: readonly string[] | undefined,
  line: number,
): unknown {
  try {
    return columnValue(values[i], types, decimal);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('INPUT_INVALID', `row ${line}: the column ${name} holds ${messageOf(error)}.`, { cause: error });
  }
}
