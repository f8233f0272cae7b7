import type { InboundRecord } from '@millrace/records';

import type { Cell } from '../rows/column.ts';
import type { RowEncoding } from '../rows/row-encoding.ts';

/** What is written to a file. */
export interface Table {
  readonly encode: RowEncoding;
  readonly rows: AsyncIterable<readonly Cell[]>;
}

/** Makes a table of records. Where its columns depend on them, it waits for the first. */
export type TableMaker = (records: AsyncIterable<InboundRecord>) => Promise<Table>;
