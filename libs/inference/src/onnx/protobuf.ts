/** A field of a protocol buffer message: its number, and a text, bytes (a message, packed values), or an integer. */
export type Field = readonly [number: number, value: string | Uint8Array | number];

/** A field as it was read. */
export interface ReadField {
  readonly number: number;
  /** An integer as its 64 bits say, unsigned; else the bytes. */
  readonly value: bigint | Uint8Array;
  /** The field as it stands in the message, number and all. */
  readonly raw: Uint8Array;
}

const DECODER = new TextDecoder();
const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Bytes of the types that have a fixed size. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);

/** Just enough of protocol buffers to write what ONNX files need here. Integers below 2^53, not negative. */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => encodeField(number, value)));
}

/**
 * The fields of a message, in their order: views, nothing is copied.
 *
 * @throws Error where the bytes are no message
 */
export function* readFields(bytes: Uint8Array): Generator<ReadField> {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const from = reader.at;
    const tag = Number(readVarint(reader));
    const value = readValue(reader, tag % 8);
    yield { number: Math.floor(tag / 8), value, raw: bytes.subarray(from, reader.at) };
  }
}

/** The values of the fields with this number that are bytes: messages, texts. */
export function bytesIn(message: Uint8Array, wanted: number): readonly Uint8Array[] {
  return [...readFields(message)].flatMap(({ number, value }) =>
    number === wanted && typeof value !== 'bigint' ? [value] : [],
  );
}

export function textsIn(message: Uint8Array, wanted: number): readonly string[] {
  return bytesIn(message, wanted).map((bytes) => DECODER.decode(bytes));
}

/** Signed, one a field or packed. */
export function integersIn(message: Uint8Array, wanted: number): readonly bigint[] {
  return [...readFields(message)].flatMap(({ number, value }) => {
    if (number !== wanted) return [];
    return (typeof value === 'bigint' ? [value] : unpack(value)).map((one) => BigInt.asIntN(64, one));
  });
}

function unpack(bytes: Uint8Array): readonly bigint[] {
  const reader = { bytes, at: 0 };
  const found: bigint[] = [];
  while (reader.at < bytes.length) found.push(readVarint(reader));
  return found;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readValue(reader: Reader, wireType: number): bigint | Uint8Array {
  if (wireType === VARINT) return readVarint(reader);
  const length = wireType === LENGTH_DELIMITED ? Number(readVarint(reader)) : FIXED.get(wireType);
  if (length === undefined || reader.at + length > reader.bytes.length) throw new Error('the file is no ONNX file');
  return reader.bytes.subarray(reader.at, (reader.at += length));
}

function readVarint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 64n; shift += 7n) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw new Error('the file is no ONNX file');
}

function encodeField(number: number, value: string | Uint8Array | number): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8 + VARINT), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(number * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
