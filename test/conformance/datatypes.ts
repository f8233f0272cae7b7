/** An element as this suite holds it: 64-bit integers as bigints, of FP16 the bits. */
export type Element = number | bigint | boolean | string;

/** "Tensor Data Types" of the protocol, but for BYTES, which have no size. */
const ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

export const DATATYPES: readonly string[] = [...Object.keys(ARRAYS), 'BYTES'];

/** As the binary data extension has it: "little-endian byte order, row major, without stride or padding". */
export function toBytes(datatype: string, elements: readonly Element[]): Buffer {
  const array = arrayOf(datatype);
  return Buffer.from(new Uint8Array(array.from(elements as never).buffer));
}

export function fromBytes(datatype: string, bytes: Uint8Array): readonly Element[] {
  if (datatype === 'BYTES') return textsOf(Buffer.from(bytes));
  const elements: readonly (number | bigint)[] = [...new (arrayOf(datatype))(Uint8Array.from(bytes).buffer)];
  return datatype === 'BOOL' ? elements.map((element) => element === 1) : elements;
}

/** An element of JSON as the datatype holds it: a number's digits may be more than an FP32 has. */
export function fromJson(datatype: string, element: unknown): Element {
  if (datatype === 'FP32') return Math.fround(element as number);
  if (datatype === 'INT64' || datatype === 'UINT64') return BigInt(element as number);
  return element as Element;
}

function arrayOf(datatype: string): {
  new (bytes: ArrayBuffer): ArrayLike<number | bigint> & Iterable<number | bigint>;
  from: (elements: never) => { readonly buffer: ArrayBuffer };
} {
  const array = (ARRAYS as Readonly<Record<string, unknown>>)[datatype];
  if (array === undefined) throw new Error(`${datatype} is none of the protocol's datatypes with a size`);
  return array as ReturnType<typeof arrayOf>;
}

/** "a 4-byte unsigned integer giving the length followed by the actual bytes" */
function textsOf(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    texts.push(bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return texts;
}
