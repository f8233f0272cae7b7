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
  let crc = -1;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const first = crc ^ (at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24));
    crc = at(T7, first & 255) ^ at(T6, (first >>> 8) & 255) ^ at(T5, (first >>> 16) & 255) ^ at(T4, first >>> 24);
    crc ^= at(T3, at(bytes, i + 4)) ^ at(T2, at(bytes, i + 5)) ^ at(T1, at(bytes, i + 6)) ^ at(T0, at(bytes, i + 7));
  }
  for (; i < to; i++) crc = at(T0, (crc ^ at(bytes, i)) & 255) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** Inlined; says to the compiler that the index is inside. */
function at(list: Uint8Array | Int32Array, index: number): number {
  return list[index] as number;
}
