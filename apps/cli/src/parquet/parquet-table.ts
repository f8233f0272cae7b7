import { AppError, isAppError, messageOf } from '@millrace/core';
import { parquetMetadataAsync, parquetScan, parquetSchema, type FileMetaData, type ParquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { fileDecimals, type Decimal } from './decimal.ts';
import { openFileBuffer, type FileBuffer } from './file-buffer.ts';

/** A column of a row group; `decimal` says what its whole numbers stand for. */
export interface ParquetColumn {
  readonly name: string;
  readonly decimal: Decimal | undefined;
  readonly values: ArrayLike<unknown>;
}

/** Rows that are in memory together. */
export interface RowGroup {
  /** Position of its first row in the file, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  /** Of the file's rows, how many are read with it: 1 with the last ones. */
  readonly share: number;
  readonly columns: readonly ParquetColumn[];
}

/**
 * Reads a Parquet file one row group after the other, with all compressions.
 *
 * @param from row groups that begin before this share of the rows are passed over
 *
 * @throws AppError `INPUT_INVALID` where it is no Parquet, or damaged; what the file system throws
 */
export async function* parquetRowGroups(file: string, from = 0): AsyncGenerator<RowGroup> {
  const buffer = await openFileBuffer(file);
  try {
    const metadata = await refused('it is no whole Parquet file', () => wholeMetadata(buffer));
    const decimals = fileDecimals(metadata);
    const scan = await refused('its columns cannot be read', () => parquetScan({ ...OPTIONS, file: buffer, metadata }));
    const all = scan.ranges.at(-1)?.rowEnd ?? 0;
    for (const { rowStart, rowEnd } of scan.ranges) {
      if (rowStart < from * all) continue;
      const columns = await refused(`rows ${rowStart + 1} to ${rowEnd} cannot be read`, () =>
        readColumns(scan, metadata, decimals, { rowStart, rowEnd }),
      );
      yield { firstRow: rowStart, rows: rowEnd - rowStart, share: rowEnd / all, columns };
    }
  } finally {
    await buffer.close();
  }
}

/** Bytes are given as they are, days as a date; times are instants, whatever their unit. */
const OPTIONS = {
  compressors,
  utf8: false,
  geoparquet: false,
  parsers: { dateFromDays: (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10) },
} as const;

/** Refuses early what the library would read out of bounds. */
async function wholeMetadata(buffer: FileBuffer): Promise<FileMetaData> {
  if (buffer.byteLength < 12) throw new RangeError(`it has ${buffer.byteLength} bytes`);
  const [head] = new Uint32Array(await buffer.slice(0, 4));
  if (head !== PAR1) throw new TypeError('it does not begin with PAR1');
  return parquetMetadataAsync(buffer, OPTIONS);
}

/** `PAR1`, little-endian. */
const PAR1 = 0x31524150;

async function readColumns(
  scan: ParquetScan,
  metadata: FileMetaData,
  decimals: ReadonlyMap<string, Decimal>,
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<readonly ParquetColumn[]> {
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const values = await Promise.all(names.map((column) => scan.readColumn({ column, ...range })));
  const rows = range.rowEnd - range.rowStart;
  return names.map((name, i) => {
    const found = values[i] as ArrayLike<unknown>;
    if (found.length !== rows) throw new RangeError(`column ${name} has ${found.length} of ${rows} values`);
    return { name, decimal: decimals.get(name), values: found };
  });
}

async function refused<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError('INPUT_INVALID', `${what} (${messageOf(error)}).`, { cause: error });
  }
}
