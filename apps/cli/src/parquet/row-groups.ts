import type { RowGroup } from './parquet-table.ts';

/**
 * The row groups of a Parquet file, one after the other, from those on that begin at a share of its rows. The library is loaded when the first is asked for: it would
 * take a tenth of the start of every command.
 *
 * @throws AppError `INPUT_INVALID` where it is no Parquet, or damaged; what the file system throws
 */
export async function* rowGroups(file: string, from = 0): AsyncGenerator<RowGroup> {
  const { parquetRowGroups } = await import('./parquet-table.ts');
  yield* parquetRowGroups(file, from);
}
