/** Castagnoli's polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Table k gives the effect of a byte that lies k bytes before the last of eight. */
const TABLES = Array.from({ length: 8 }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  table(0)[byte] = crc;
}
for (let k = 1; k < 8; k++) {
  for (let byte = 0; byte < 256; byte++) {
    const crc = table(k - 1)[byte] as number;
    table(k)[byte] = (table(0)[crc & 255] as number) ^ (crc >>> 8);
  }
}
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function table(k: number): Int32Array {
  return TABLES[k] as Int32Array;
}

/**
 * CRC-32C of `bytes[from, to)`: the checksum of a record batch. Eight bytes a step ("slicing-by-8", M. Kounavis and
 * F. Berry, 2005); every byte of a produce or fetch passes here.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const b = bytes as unknown as { readonly [index: number]: number };
  const at = (t: Int32Array, i: number): number => t[i] as number;
  let crc = -1;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const a =
      crc ^
      ((b[i] as number) | ((b[i + 1] as number) << 8) | ((b[i + 2] as number) << 16) | ((b[i + 3] as number) << 24));
    crc =
      at(T7, a & 255) ^
      at(T6, (a >>> 8) & 255) ^
      at(T5, (a >>> 16) & 255) ^
      at(T4, a >>> 24) ^
      at(T3, b[i + 4] as number) ^
      at(T2, b[i + 5] as number) ^
      at(T1, b[i + 6] as number) ^
      at(T0, b[i + 7] as number);
  }
  for (; i < to; i++) crc = at(T0, (crc ^ (b[i] as number)) & 255) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}
