import type { ByteReader } from '@millrace/core';

import { encodeProgress, openRecord, readCount, readProgress, startRecord, unexpected } from './codec-format.ts';
import type { CountsDelta, CountsRecord } from './count-record.ts';

export function encodeCountsRecord(record: CountsRecord): Buffer {
  if (record.kind === 'progress') return encodeProgress(record);
  const writer = startRecord('delta').text(record.version).text(record.variant).varint(record.start).varint(record.end);
  writer.varint(record.rows).varint(record.counts.length);
  for (const bins of record.counts) {
    writer.varint(bins.length);
    for (const count of bins) writer.varint(count);
  }
  return writer.finish();
}

/** @throws RangeError when the bytes are no such record */
export function decodeCountsRecord(value: Uint8Array): CountsRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'delta') return readDelta(reader);
  if (kind === 'progress') return readProgress(reader);
  throw unexpected(kind, 'counts');
}

function readDelta(reader: ByteReader): CountsDelta {
  const [version, variant, start, end] = [reader.text() ?? '', reader.text() ?? '', reader.varint(), reader.varint()];
  const rows = reader.varint();
  const counts = Array.from({ length: readCount(reader) }, () =>
    Uint32Array.from({ length: readCount(reader) }, () => reader.varint()),
  );
  return { kind: 'delta', version, variant, start, end, rows, counts };
}
