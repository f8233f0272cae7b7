import type { ByteReader } from '@millrace/core';

import { encodeProgress, openRecord, readCount, readProgress, startRecord, unexpected } from './codec-format.ts';
import {
  COUNT_SUBJECTS,
  type CountsDelta,
  type CountsRecord,
  type IncidentNote,
  type SkewRecord,
} from './count-record.ts';

export function encodeCountsRecord(record: CountsRecord): Buffer {
  if (record.kind === 'progress') return encodeProgress(record);
  if (record.kind === 'matured') return startRecord('matured').varint(record.source).varint(record.at).finish();
  if (record.kind === 'note') return encodeNote(record);
  if (record.kind === 'skew') return encodeSkew(record);
  const writer = startRecord(record.hours ? 'hourly' : 'tally').byte(COUNT_SUBJECTS.indexOf(record.subject));
  writer.text(record.version).text(record.variant).varint(record.start).varint(record.end);
  writer.varint(record.rows).varint(record.counts.length);
  for (const bins of record.counts) {
    writer.varint(bins.length);
    for (let bin = 0; bin < bins.length; bin++) writer.varint(bins[bin] as number);
  }
  writer.varint(record.blocks.length);
  record.blocks.forEach((hash, i) => writer.varint(hash - (record.blocks[i - 1] ?? 0)));
  if (record.hours) writer.varint(record.hours.length);
  for (const hour of record.hours ?? []) writer.varint(hour);
  return writer.finish();
}

/** @throws RangeError when the bytes are no such record */
export function decodeCountsRecord(value: Uint8Array): CountsRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'tally') return readDelta(reader);
  if (kind === 'hourly') return { ...readDelta(reader), hours: readCounts(reader) };
  if (kind === 'progress') return readProgress(reader);
  if (kind === 'matured') return { kind, source: reader.varint(), at: reader.varint() };
  if (kind === 'note') return readNote(reader);
  if (kind === 'skew') return readSkew(reader);
  throw unexpected(kind, 'counts');
}

function readDelta(reader: ByteReader): CountsDelta {
  const subject = COUNT_SUBJECTS[reader.byte()];
  if (subject === undefined) throw new RangeError('counts of something that this version does not know');
  const [version, variant, start, end] = [reader.text() ?? '', reader.text() ?? '', reader.varint(), reader.varint()];
  const rows = reader.varint();
  const counts = Array.from({ length: readCount(reader) }, () => readCounts(reader));
  let hash = 0;
  const blocks = Array.from({ length: readCount(reader) }, () => (hash += reader.varint()));
  return { kind: 'delta', subject, version, variant, start, end, rows, counts, blocks };
}

function readCounts(reader: ByteReader): number[] {
  return Array.from({ length: readCount(reader) }, () => reader.varint());
}

/** Of an acknowledgement the last number is −1. */
function encodeNote(note: IncidentNote): Buffer {
  const acknowledged = note.says === 'acknowledged';
  const writer = startRecord('note').text(note.by).varint(note.at);
  return writer
    .text(acknowledged ? note.incident : note.signal)
    .varint(acknowledged ? -1 : note.forMs)
    .finish();
}

function readNote(reader: ByteReader): IncidentNote {
  const [by, at, of, forMs] = [reader.text() ?? '', reader.varint(), reader.text() ?? '', reader.varint()];
  return forMs < 0
    ? { kind: 'note', says: 'acknowledged', by, at, incident: of }
    : { kind: 'note', says: 'silenced', by, at, signal: of, forMs };
}

function encodeSkew({ version, variant, start, end, rows, features }: SkewRecord): Buffer {
  const writer = startRecord('skew').text(version).text(variant).varint(start).varint(end);
  writer.varint(rows).varint(features.length);
  for (const { feature, differ, first } of features) writer.text(feature).varint(differ).text(first);
  return writer.finish();
}

function readSkew(reader: ByteReader): SkewRecord {
  const [version, variant, start, end] = [reader.text() ?? '', reader.text() ?? '', reader.varint(), reader.varint()];
  const rows = reader.varint();
  const features = Array.from({ length: readCount(reader) }, () => ({
    feature: reader.text() ?? '',
    differ: reader.varint(),
    first: reader.text(),
  }));
  return { kind: 'skew', version, variant, start, end, rows, features };
}
