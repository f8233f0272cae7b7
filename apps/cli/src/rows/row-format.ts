import { AppError } from '@millrace/core';

/** A cell: null is empty in CSV and null in JSON. */
export type Cell = string | number | null;

/** How rows become text; by the name of the file. */
export interface RowFormat {
  /** Null where there is none. */
  readonly header: string | null;
  line(cells: readonly Cell[]): string;
}

/**
 * `.csv` or `.jsonl`, with or without `.gz`.
 *
 * @throws AppError `NOT_IN_THIS_VERSION` for Parquet, `WRONG_USE` for anything else
 */
export function rowFormatOf(file: string, columns: readonly string[]): RowFormat {
  const name = file.replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return csv(columns);
  if (name.endsWith('.jsonl')) return jsonLines(columns);
  if (name.endsWith('.parquet'))
    throw new AppError('NOT_IN_THIS_VERSION', `${file}: Parquet comes later; write .csv or .jsonl.`);
  throw new AppError(
    'WRONG_USE',
    `${file}: its name must end in .csv, .jsonl, .csv.gz or .jsonl.gz, which says what to write.`,
  );
}

/** RFC 4180. */
function csv(columns: readonly string[]): RowFormat {
  const line = (cells: readonly Cell[]): string => cells.map(csvCell).join(',');
  return { header: line(columns), line };
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonLines(columns: readonly string[]): RowFormat {
  const names = columns.map((column) => `${JSON.stringify(column)}:`);
  return { header: null, line: (cells) => `{${cells.map((cell, i) => names[i] + JSON.stringify(cell)).join(',')}}` };
}
