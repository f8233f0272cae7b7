/** How much of each source may wait. */
export interface QueueBounds {
  readonly rows: number;
  readonly bytes: number;
}

/** What is handed over, or waits. */
export type Load = QueueBounds;

/** Whether this may come to what waits. Where nothing waits, a single row that is larger than the bound may. */
export function fits(waiting: Load, more: Load, bounds: QueueBounds): boolean {
  return waiting.rows + more.rows <= bounds.rows && (waiting.rows === 0 || waiting.bytes + more.bytes <= bounds.bytes);
}

/** Rows that fit together, and their bytes. */
export interface Portion<Row> {
  readonly rows: readonly Row[];
  readonly bytes: number;
}

/** Rows cut into portions of which each fits the bounds, in order; one row at least in each. */
export function portions<Row>(
  rows: readonly Row[],
  bytesOf: (row: Row) => number,
  bounds: QueueBounds,
): readonly Portion<Row>[] {
  const found: Portion<Row>[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < rows.length; i++) {
    const more = bytesOf(rows[i] as Row);
    if (i > from && (i - from >= bounds.rows || bytes + more > bounds.bytes)) {
      found.push({ rows: rows.slice(from, i), bytes });
      from = i;
      bytes = 0;
    }
    bytes += more;
  }
  found.push({ rows: from === 0 ? rows : rows.slice(from), bytes });
  return found;
}
