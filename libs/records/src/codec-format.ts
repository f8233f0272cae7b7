import { ByteReader, ByteWriter, type Value } from '@millrace/core';

import type { ClockRecord, ProgressRecord } from './clock-record.ts';
import type { Origin } from './origin.ts';

/** The first byte of every internal record; the second says what it is. Internal formats may change between versions. */
const FORMAT = 2;

/** What an internal record may be: the byte that says so. Never reuse a number: 9 was a delta before it said of what. */
export const KIND = {
  event: 1,
  request: 2,
  part: 3,
  clock: 4,
  progress: 5,
  vector: 6,
  scored: 7,
  outcome: 8,
  seen: 10,
  carried: 11,
  alias: 12,
  tally: 13,
  matured: 14,
  note: 15,
  /** `scored`, and its block. */
  blocked: 16,
  /** `tally`, and its hours. */
  hourly: 17,
  /** `scored`, what its outputs have lost, and its block or none. */
  exact: 18,
  skew: 19,
} as const;

export type Kind = keyof typeof KIND;

const KINDS = new Map<number, Kind>(Object.entries(KIND).map(([name, byte]) => [byte, name as Kind]));

export function startRecord(kind: Kind): ByteWriter {
  return new ByteWriter(192).byte(FORMAT).byte(KIND[kind]);
}

/** @throws RangeError when the bytes are no internal record of this version */
export function openRecord(value: Uint8Array): { readonly kind: Kind; readonly reader: ByteReader } {
  const reader = new ByteReader(value);
  const format = reader.byte();
  if (format !== FORMAT) throw new RangeError(`internal record of format ${format}, this version reads ${FORMAT}`);
  const byte = reader.byte();
  const kind = KINDS.get(byte);
  if (kind === undefined) throw new RangeError(`internal record of unknown kind ${byte}`);
  return { kind, reader };
}

export function unexpected(kind: Kind, topic: string): RangeError {
  return new RangeError(`a ${kind} record has no place in ${topic}`);
}

export function writeOrigin(writer: ByteWriter, origin: Origin): ByteWriter {
  return writer.varint(origin.partition).varint(origin.offset);
}

export function readOrigin(reader: ByteReader): Origin {
  return { partition: reader.varint(), offset: reader.varint() };
}

const TAG = { null: 0, false: 1, true: 2, integer: 3, float: 4, text: 5 } as const;
const LARGEST_VARINT = 2 ** 52;

export function writeValue(writer: ByteWriter, value: Value): ByteWriter {
  if (value === null) return writer.byte(TAG.null);
  if (typeof value === 'boolean') return writer.byte(value ? TAG.true : TAG.false);
  if (typeof value === 'string') return writer.byte(TAG.text).text(value);
  const whole = Number.isInteger(value) && Math.abs(value) < LARGEST_VARINT && !Object.is(value, -0);
  return whole ? writer.byte(TAG.integer).varint(value) : writer.byte(TAG.float).float64(value);
}

export function readValue(reader: ByteReader): Value {
  const tag = reader.byte();
  if (tag === TAG.null) return null;
  if (tag === TAG.false) return false;
  if (tag === TAG.true) return true;
  if (tag === TAG.integer) return reader.varint();
  if (tag === TAG.float) return reader.float64();
  if (tag === TAG.text) return reader.text();
  throw new RangeError(`unknown tag ${tag}`);
}

export function writeFloat64s(writer: ByteWriter, values: Float64Array): ByteWriter {
  writer.varint(values.length);
  for (const value of values) writer.float64(value);
  return writer;
}

export function readFloat64s(reader: ByteReader): Float64Array {
  const values = new Float64Array(readCount(reader));
  for (let i = 0; i < values.length; i++) values[i] = reader.float64();
  return values;
}

export function writeFloat32s(writer: ByteWriter, values: Float32Array): ByteWriter {
  writer.varint(values.length);
  for (const value of values) writer.float32(value);
  return writer;
}

export function readFloat32s(reader: ByteReader): Float32Array {
  const values = new Float32Array(readCount(reader));
  for (let i = 0; i < values.length; i++) values[i] = reader.float32();
  return values;
}

const MOST_ENTRIES = 1 << 20;

/** A length that is not absurd: damaged bytes must not make us allocate. */
export function readCount(reader: ByteReader): number {
  const count = reader.varint();
  if (count < 0 || count > MOST_ENTRIES) throw new RangeError(`a list of ${count} entries`);
  return count;
}

export function encodeClock(clock: ClockRecord): Buffer {
  const writer = startRecord('clock').varint(clock.input).varint(clock.at).varint(clock.first);
  writer.text(clock.promise?.id ?? null);
  if (clock.promise) {
    writer.varint(clock.promise.partitions.length);
    for (const partition of clock.promise.partitions) writer.varint(partition);
  }
  return writer.finish();
}

export function readClock(reader: ByteReader): ClockRecord {
  const [input, at, first, id] = [reader.varint(), reader.varint(), reader.varint(), reader.text()];
  const promise =
    id === null ? null : { id, partitions: Array.from({ length: readCount(reader) }, () => reader.varint()) };
  return { kind: 'clock', input, at, first, promise };
}

export function encodeProgress(progress: ProgressRecord): Buffer {
  return startRecord('progress').varint(progress.source).varint(progress.at).varint(progress.first).finish();
}

export function readProgress(reader: ByteReader): ProgressRecord {
  return { kind: 'progress', source: reader.varint(), at: reader.varint(), first: reader.varint() };
}
