import { AppError } from '@millrace/core';

import { assertDistinct, type Column } from './column.ts';
import { parquetEncoding } from './parquet-encoding.ts';
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
  if (name.endsWith('.parquet')) return parquetEncoding(columns);
  throw new AppError(
    'WRONG_USE',
    `${file}: its name must end in .csv, .jsonl, .csv.gz, .jsonl.gz or .parquet, which says what to write.`,
  );
}

/** @throws AppError `WRONG_USE` */
export function refuseZippedParquet(file: string): void {
  if (file.endsWith('.parquet.gz'))
    throw new AppError('WRONG_USE', `${file}: a Parquet file is compressed inside; its name ends in .parquet.`);
}
