import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, type InboundRecord, type VectorRow } from '@millrace/records';

import type { Cell } from '../rows/column.ts';
import { featureCells, featureColumns } from '../rows/feature-columns.ts';
import { rowEncodingOf } from '../rows/row-encoding-of.ts';
import type { TableMaker } from './table.ts';

/** Null for a record that is for Millrace alone. */
export function vectorOf(record: InboundRecord): VectorRow | null {
  const decoded = decodeFeaturesRecord(record.value ?? Buffer.alloc(0));
  return decoded.kind === 'vector' ? decoded : null;
}

/**
 * The columns of `millrace features`, so that the two can be compared.
 *
 * @throws AppError `WRONG_USE`
 */
export function vectorTable(file: string, plan: Plan): TableMaker {
  const encode = rowEncodingOf(file, featureColumns(plan));
  return async (records) => ({ encode, rows: vectorRows(records) });
}

async function* vectorRows(records: AsyncIterable<InboundRecord>): AsyncGenerator<readonly Cell[]> {
  for await (const record of records) {
    const row = vectorOf(record);
    if (row) yield featureCells(row);
  }
}
