import type { InboundRecord } from '@millrace/records';

import type { CommittedReader } from './committed-reader.ts';

export interface Count {
  readonly records: number;
  readonly lost: number;
  readonly doubled: number;
  /** Records whose number is less than one before them in their partition. */
  readonly misordered: number;
}

/** Counts the records with numbers 0 to `expected` − 1 that a reader of committed records finds. */
export async function countRecords(
  reader: CommittedReader,
  expected: number,
  numberOf: (record: InboundRecord) => number,
): Promise<Count> {
  const seen = new Uint8Array(expected);
  const latest: number[] = [];
  const count = { records: 0, lost: expected, doubled: 0, misordered: 0 };
  for (const end = await reader.visible(); reader.position < end;) {
    for (const record of await reader.read()) {
      const { partition } = record;
      const id = numberOf(record);
      count.records++;
      if (seen[id]) count.doubled++;
      else count.lost--;
      seen[id] = 1;
      if (id < (latest[partition] ?? -1)) count.misordered++;
      latest[partition] = id;
    }
  }
  return count;
}
