import { AppError } from '@millrace/core';
import type { InboundRecord, TopicPartition } from '@millrace/records';

import { isOn } from '../safeguards.ts';
import { crc32c } from './crc32c.ts';
import { decompress } from './decompress.ts';
import { FetchedRecord } from './fetched-record.ts';
import { readInt64 } from './read-int64.ts';
import { ATTRIBUTES, BATCH, LENGTH_FROM } from './record-batch-format.ts';
import { RecordReader } from './record-reader.ts';

/** A transaction that was aborted, as a fetch names it: all of `producerId` from `firstOffset` to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ReadBatches {
  readonly records: readonly InboundRecord[];
  /** The offset behind the last whole batch, control batches and emptied ones included. */
  readonly next: number;
  /** What the records keep in memory, about. */
  readonly bytes: number;
}

const MAGIC = 2;
/** A record's object. */
const RECORD_BYTES = 192;

interface Batch {
  readonly base: number;
  readonly last: number;
  readonly attributes: number;
  readonly producerId: number;
  readonly from: number;
  readonly end: number;
}

/**
 * The committed records from `offset` on in a partition's part of a fetch response. A partial batch at the end is left
 * for the next fetch. Aborted batches are left out as the Java client does: a producer is bad from the first offset of
 * each of its aborted transactions until its abort marker, however transactions overlap.
 *
 * @throws AppError `LOG_UNAVAILABLE` when a checksum does not match; `TOPIC_MISMATCH` for a format older than Kafka 0.11
 */
export function readRecordBatches(
  buffer: Buffer,
  at: TopicPartition,
  offset: number,
  aborted: readonly AbortedTransaction[],
): ReadBatches {
  const filter = new AbortedFilter(aborted);
  const [checks, stepsOver] = [isOn('batch-checksum'), isOn('batch-offsets')];
  const records: InboundRecord[] = [];
  let [next, unpacked] = [offset, 0];
  for (const batch of batchesOf(buffer)) {
    if (batch.last < offset) continue;
    assertMagic(buffer, batch, at);
    if (checks) assertIntact(buffer, batch, at);
    if (!filter.drops(buffer, batch)) unpacked += readRecords(buffer, batch, at, offset, records);
    next = stepsOver ? batch.last + 1 : behind(records, offset);
  }
  return { records, next, bytes: unpacked + records.length * RECORD_BYTES };
}

function behind(records: readonly InboundRecord[], offset: number): number {
  return (records.at(-1)?.offset ?? offset - 1) + 1;
}

function* batchesOf(buffer: Buffer): Generator<Batch> {
  let from = 0;
  while (from + BATCH.records <= buffer.length) {
    const end = from + LENGTH_FROM + buffer.readInt32BE(from + BATCH.length);
    if (end > buffer.length) return;
    const base = readInt64(buffer, from + BATCH.baseOffset);
    yield {
      base,
      last: base + buffer.readInt32BE(from + BATCH.lastOffsetDelta),
      attributes: buffer.readInt16BE(from + BATCH.attributes),
      producerId: readInt64(buffer, from + BATCH.producerId),
      from,
      end,
    };
    from = end;
  }
}

function assertMagic(buffer: Buffer, { base, from }: Batch, { topic, partition }: TopicPartition): void {
  const magic = buffer[from + BATCH.magic];
  if (magic === MAGIC) return;
  throw new AppError(
    'TOPIC_MISMATCH',
    `${topic}/${partition} has messages of format ${magic} at offset ${base}; Millrace reads format ${MAGIC}, which Kafka writes since 0.11. Write them anew.`,
  );
}

function assertIntact(buffer: Buffer, { base, from, end }: Batch, { topic, partition }: TopicPartition): void {
  if (crc32c(buffer, from + BATCH.attributes, end) === buffer.readUInt32BE(from + BATCH.crc)) return;
  throw new AppError(
    'LOG_UNAVAILABLE',
    `the record batch at ${topic}/${partition} offset ${base} arrived damaged (its checksum does not match).`,
  );
}

/** Follows the transactions of one response in the order of their offsets. */
class AbortedFilter {
  readonly #coming: AbortedTransaction[];
  readonly #bad = new Set<number>();
  readonly #control: number;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = isOn('aborted-order') ? aborted.toSorted((a, b) => a.firstOffset - b.firstOffset) : [...aborted];
    if (!isOn('aborted-records')) this.#coming = [];
    this.#control = isOn('control-records') ? ATTRIBUTES.control : 0;
  }

  /** Whether the batch holds nothing for a reader: control records, or records of an aborted transaction. */
  drops(buffer: Buffer, batch: Batch): boolean {
    while ((this.#coming[0]?.firstOffset ?? Infinity) <= batch.last)
      this.#bad.add((this.#coming.shift() as AbortedTransaction).producerId);
    if (batch.attributes & this.#control) {
      if (isAbortMarker(buffer, batch)) this.#bad.delete(batch.producerId);
      return true;
    }
    return (batch.attributes & ATTRIBUTES.transactional) !== 0 && this.#bad.has(batch.producerId);
  }
}

/** A control record's key is its version and its type; 0 is abort. */
function isAbortMarker(buffer: Buffer, { from, end }: Batch): boolean {
  if (buffer.readInt32BE(from + BATCH.count) === 0) return false;
  const control = new RecordReader(buffer.subarray(from + BATCH.records, end)).next();
  return control.keyLength >= 4 && control.buffer.readInt16BE(control.keyAt + 2) === 0;
}

/** @returns the size of what the records are slices of */
function readRecords(
  buffer: Buffer,
  { base, attributes, from, end }: Batch,
  at: TopicPartition,
  offset: number,
  into: InboundRecord[],
): number {
  const firstTimestamp = readInt64(buffer, from + BATCH.firstTimestamp);
  const appendTime = attributes & ATTRIBUTES.logAppendTime ? readInt64(buffer, from + BATCH.maxTimestamp) : null;
  const unpacked = decompress(attributes & ATTRIBUTES.codec, buffer.subarray(from + BATCH.records, end));
  const reader = new RecordReader(unpacked);
  for (let left = buffer.readInt32BE(from + BATCH.count); left > 0; left--) {
    const { offsetDelta, timestampDelta } = reader.next();
    const timestamp = appendTime ?? firstTimestamp + timestampDelta;
    if (base + offsetDelta >= offset) into.push(new FetchedRecord(at, base + offsetDelta, timestamp, reader));
  }
  return unpacked.length;
}
