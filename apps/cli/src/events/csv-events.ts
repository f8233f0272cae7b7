import { Readable } from 'node:stream';

import { AppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { parse } from 'csv-parse';

import { cellValue } from './cell-value.ts';
import type { EventLine } from './event-line.ts';

interface CsvRow {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** A header, a column `type` and one per field; what a cell means goes by the event's schema. */
export async function* csvEvents(
  bytes: Readable,
  isPassedOver: () => boolean,
  plan?: Plan,
): AsyncGenerator<readonly EventLine[]> {
  const typesOf = new Map(plan?.events.map(({ type, types }) => [type, types]));
  const parser = parse({ columns: true, bom: true, info: true, skip_empty_lines: true });
  bytes.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of bytes.pipe(parser) as AsyncIterable<CsvRow>)
      if (!isPassedOver()) yield [eventOf(record, info.lines, typesOf)];
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new AppError('INPUT_INVALID', `line ${error.lines}: ${messageOf(error)}.`, { cause: error });
  }
}

function eventOf(
  { type, ...cells }: CsvRow['record'],
  line: number,
  typesOf: ReadonlyMap<string, Plan['events'][number]['types']>,
): EventLine {
  if (type === undefined || type === '')
    throw new AppError(
      'INPUT_INVALID',
      `line ${line}: found no type; events need a column "type" with a value in each row.`,
    );
  const types = typesOf.get(type);
  const payload: Record<string, unknown> = {};
  for (const [field, text] of Object.entries(cells)) {
    const value = cellValue(text, types?.get(field));
    if (value !== undefined) payload[field] = value;
  }
  return { type, payload, line };
}

function isCsvError(error: unknown): error is Error & { readonly lines: number } {
  return error instanceof Error && 'lines' in error && typeof error.lines === 'number';
}
