import { AppError } from '@millrace/core';

import { assertDistinct, type Cell, type Column } from './column.ts';
import type { RowEncoding } from './row-encoding.ts';
import { csvEncoding, jsonLinesEncoding } from './text-encoding.ts';

/**
 * `.csv` or `.jsonl`, with or without `.gz`, or `.parquet`: by the name of the file.
 *
 * @throws AppError `WRONG_USE` for any other name, and for two columns of one name
 */
export function rowEncodingOf(file: string, columns: readonly Column[]): RowEncoding {
  assertDistinct(columns);
  refuseZippedParquet(file);
  const name = file.replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return csvEncoding(columns);
  if (name.endsWith('.jsonl')) return jsonLinesEncoding(columns);
  if (name.endsWith('.parquet')) return (rows) => parquetOf(columns, rows);
  throw new AppError(
    'WRONG_USE',
    `${file}: its name must end in .csv, .jsonl, .csv.gz, .jsonl.gz or .parquet, which says what to write.`,
  );
}

/** Loaded when it is needed: the library would take a tenth of the time of every command. */
async function* parquetOf(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<string | Uint8Array> {
  const { parquetEncoding } = await import('./parquet-encoding.ts');
  yield* parquetEncoding(columns)(rows);
}

/** @throws AppError `WRONG_USE` */
export function refuseZippedParquet(file: string): void {
  if (file.endsWith('.parquet.gz'))
    throw new AppError('WRONG_USE', `${file}: a Parquet file is compressed inside; its name ends in .parquet.`);
}
