/** A field of a protocol buffer message: its number, and a text, bytes (a message, packed values), or an integer. */
export type Field = readonly [number: number, value: string | Uint8Array | number];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Just enough of protocol buffers to write a small ONNX file. Integers below 2^53, not negative. */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => encodeField(number, value)));
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
