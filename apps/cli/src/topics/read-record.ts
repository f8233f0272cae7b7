import type { InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { RecordReader, type RecordPlace } from './record-reader.ts';

/** The committed record at an offset; null where there is none, or none any more. */
export async function readRecord(log: Log, at: RecordPlace): Promise<InboundRecord | null> {
  const reader = new RecordReader(log.source());
  try {
    return await reader.read(at);
  } finally {
    await reader.close();
  }
}
