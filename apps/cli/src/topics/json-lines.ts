import { AppError, messageOf, parseForWriting } from '@millrace/core';
import { partitionKey, type InboundRecord } from '@millrace/records';

import { refuseZippedParquet } from '../rows/row-encoding-of.ts';
import { linesEncoding } from '../rows/text-encoding.ts';
import type { TableMaker } from './table.ts';

/**
 * A record's JSON on one line, whatever blanks its writer used.
 *
 * @throws AppError `INPUT_INVALID`
 */
export function jsonLine(record: InboundRecord): string {
  return JSON.stringify(recordJson(record, parseForWriting));
}

/** @throws AppError `INPUT_INVALID` */
export function recordJson(record: InboundRecord, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(record.value?.toString('utf8') ?? 'null');
  } catch (error) {
    throw new AppError(
      'INPUT_INVALID',
      `${placeOf(record)} is not JSON (${messageOf(error)}); it was not Millrace that wrote it.`,
      { cause: error },
    );
  }
}

export function placeOf(record: InboundRecord): string {
  return `offset ${record.offset} of ${partitionKey(record)}`;
}

/**
 * The records as they are.
 *
 * @param others endings that this topic can be written as, too
 * @throws AppError `WRONG_USE`
 */
export function jsonLinesTable(
  file: string,
  line: (record: InboundRecord) => string,
  others: readonly string[] = [],
): TableMaker {
  refuseZippedParquet(file);
  if (!/\.jsonl(\.gz)?$/.test(file))
    throw new AppError(
      'WRONG_USE',
      `${file}: this topic is written as JSON lines${others.map((name) => `, or ${name}`).join('')}; the name must end in ${['.jsonl', '.jsonl.gz', ...others].join(' or ')}.`,
    );
  return async (records) => ({ encode: linesEncoding(([text]) => String(text)), rows: lines(records, line) });
}

async function* lines(
  records: AsyncIterable<InboundRecord>,
  line: (record: InboundRecord) => string,
): AsyncGenerator<readonly [string]> {
  for await (const record of records) yield [line(record)];
}
