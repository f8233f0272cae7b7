import { shortestFloat32 } from '@millrace/core';

import type { Cell, Column } from './column.ts';
import type { RowEncoding } from './row-encoding.ts';

/** Lines are written in pieces of about so many characters. */
const PIECE = 1 << 16;

/** RFC 4180, with a header. */
export function csvEncoding(columns: readonly Column[]): RowEncoding {
  const header = columns.map(({ name }) => csvText(name)).join(',');
  const cell = (value: Cell, i: number): string => {
    if (typeof value === 'string') return csvText(value);
    const shown = shownCell(value, columns[i] as Column);
    return shown === null ? '' : String(shown);
  };
  return linesEncoding((row) => row.map(cell).join(','), header);
}

/** One object a line. */
export function jsonLinesEncoding(columns: readonly Column[]): RowEncoding {
  return linesEncoding(jsonObject(columns));
}

/** A row as a JSON object. */
export function jsonObject(columns: readonly Column[]): (row: readonly Cell[]) => string {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  const cell = (value: Cell, i: number): string => names[i] + jsonText(shownCell(value, columns[i] as Column));
  return (row) => `{${row.map(cell).join(',')}}`;
}

/** Whole lines, behind a header if there is one. */
export function linesEncoding(lineOf: (row: readonly Cell[]) => string, header?: string): RowEncoding {
  return async function* (rows) {
    let piece = header === undefined ? '' : `${header}\n`;
    for await (const row of rows) {
      piece += `${lineOf(row)}\n`;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    if (piece !== '') yield piece;
  };
}

function shownCell(value: Cell, { kind }: Column): Cell {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  return kind === 'float32' ? shortestFloat32(value) : value;
}

function jsonText(value: Cell): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
