import { deserialize, serialize } from 'node:v8';

import type { FeatureRow } from '@millrace/features';

interface RowBlock {
  readonly ids: readonly string[];
  readonly keys: readonly (string | null)[];
  readonly at: Float64Array;
  /** Row by row. */
  readonly values: Float32Array;
}

/** Some rows as bytes, for the same program to read again. */
export function packRows(rows: readonly FeatureRow[]): Buffer {
  const width = rows[0]?.vector.length ?? 0;
  const values = new Float32Array(rows.length * width);
  rows.forEach(({ vector }, i) => values.set(vector, i * width));
  const at = Float64Array.from(rows, (row) => row.at);
  return serialize({ ids: rows.map(({ id }) => id), keys: rows.map(({ key }) => key), at, values } satisfies RowBlock);
}

export function unpackRows(bytes: Uint8Array): readonly FeatureRow[] {
  const { ids, keys, at, values } = deserialize(bytes) as RowBlock;
  const width = values.length / ids.length;
  return ids.map((id, i) => ({
    id,
    at: at[i] as number,
    key: keys[i] ?? null,
    vector: values.subarray(i * width, (i + 1) * width),
  }));
}
