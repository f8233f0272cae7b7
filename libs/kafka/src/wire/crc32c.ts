/** Castagnoli's polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;
const STEP = 16;

/** Sixteen tables in one: number k, from `256 k` on, gives the effect of a byte that lies k bytes before the last of a step. */
const T = new Int32Array(STEP * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  T[byte] = crc;
}
for (let i = 256; i < T.length; i++) T[i] = at(T, at(T, i - 256) & 255) ^ (at(T, i - 256) >>> 8);

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * CRC-32C of `bytes[from, to)`: the checksum of a record batch. Sixteen bytes a step, read as four words ("slicing-by-N",
 * M. Kounavis and F. Berry, 2005); every byte of a produce or fetch passes here.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const start = LITTLE_ENDIAN ? Math.min(to, from + (-(bytes.byteOffset + from) & 3)) : to;
  const steps = Math.floor((to - start) / STEP);
  let crc = bytewise(-1, bytes, from, start);
  if (steps > 0) crc = wordwise(crc, new Int32Array(bytes.buffer, bytes.byteOffset + start, steps * 4));
  return (bytewise(crc, bytes, start + steps * STEP, to) ^ -1) >>> 0;
}

/** Whole steps. The table's number and the byte are put together by `|`. */
function wordwise(before: number, words: Int32Array): number {
  let crc = before;
  for (let i = 0; i < words.length; i += 4) {
    const a = at(words, i) ^ crc;
    const [b, c, d] = [at(words, i + 1), at(words, i + 2), at(words, i + 3)];
    crc = at(T, 3840 | (a & 255)) ^ at(T, 3584 | ((a >>> 8) & 255)) ^ at(T, 3328 | ((a >>> 16) & 255));
    crc ^= at(T, 3072 | (a >>> 24)) ^ at(T, 2816 | (b & 255)) ^ at(T, 2560 | ((b >>> 8) & 255));
    crc ^= at(T, 2304 | ((b >>> 16) & 255)) ^ at(T, 2048 | (b >>> 24)) ^ at(T, 1792 | (c & 255));
    crc ^= at(T, 1536 | ((c >>> 8) & 255)) ^ at(T, 1280 | ((c >>> 16) & 255)) ^ at(T, 1024 | (c >>> 24));
    crc ^= at(T, 768 | (d & 255)) ^ at(T, 512 | ((d >>> 8) & 255)) ^ at(T, 256 | ((d >>> 16) & 255)) ^ at(T, d >>> 24);
  }
  return crc;
}

function bytewise(before: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = before;
  for (let i = from; i < to; i++) crc = at(T, (crc ^ at(bytes, i)) & 255) ^ (crc >>> 8);
  return crc;
}

/** Inlined; says to the compiler that the index is inside. */
function at(list: Uint8Array | Int32Array, index: number): number {
  return list[index] as number;
}
