import { LEAST_REFERENCE_ROWS } from '@millrace/drift';

/** What to know of a reference of so many rows; null: they are enough. */
export function fewRows(rows: number): string | null {
  if (rows >= LEAST_REFERENCE_ROWS) return null;
  return `${rows} rows are few: what they are wrong by may be taken for a change. Take ${LEAST_REFERENCE_ROWS} or more; \`millrace monitor self-test\` measures how often it is.`;
}
