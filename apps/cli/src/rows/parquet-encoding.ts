import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

import type { Cell, Column, ColumnKind } from './column.ts';
import type { RowEncoding } from './row-encoding.ts';

/** Rows are kept until there are so many; then they are written, as a row group. */
export const ROWS_PER_GROUP = 1 << 15;

const ELEMENTS = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
} as const satisfies Record<ColumnKind, Omit<SchemaElement, 'name'>>;

/** Apache Parquet, compressed with Snappy: what every reader knows. All columns may hold null. */
export function parquetEncoding(columns: readonly Column[]): RowEncoding {
  return async function* (rows) {
    const file = new PieceWriter();
    const writer = new ParquetWriter({ writer: file, schema: schemaOf(columns), createdBy: 'millrace' });
    let group = new Group(columns);
    for await (const row of rows) {
      group.add(row);
      if (group.rows < ROWS_PER_GROUP) continue;
      yield* written(group);
      group = new Group(columns);
    }
    if (group.rows > 0) yield* written(group);
    await writer.finish();
    yield file.take();

    async function* written({ data }: Group): AsyncGenerator<Uint8Array> {
      const columnData = columns.map(({ name }, i) => ({ name, data: data[i] as unknown[] }));
      await writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
      yield file.take();
    }
  };
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const elements = columns.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...ELEMENTS[kind] }));
  return [{ name: 'schema', num_children: elements.length }, ...elements];
}

/** Rows, column by column. */
class Group {
  readonly data: readonly Cell[][];
  rows = 0;
  readonly #columns: readonly Column[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.data = columns.map(() => []);
  }

  add(row: readonly Cell[]): void {
    this.#columns.forEach(({ kind }, i) => this.data[i]?.push(stored(row[i] ?? null, kind)));
    this.rows++;
  }
}

function stored(cell: Cell, kind: ColumnKind): Cell {
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell !== 'number') return cell;
  if (!Number.isFinite(cell)) return null;
  return kind === 'instant' ? BigInt(cell) : cell;
}

/** Hands over what has been written so far; positions go on from the beginning of the file. */
class PieceWriter extends ByteWriter {
  take(): Uint8Array {
    const piece = new Uint8Array(this.getBuffer());
    this.index = 0;
    return piece;
  }
}
