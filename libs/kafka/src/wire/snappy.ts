/** What snappy-java puts before its blocks. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

/**
 * Snappy, raw or in snappy-java's framing, which most Kafka clients use.
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unsnappy(compressed: Buffer): Buffer {
  if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnappyBlock(compressed);
  const blocks: Buffer[] = [];
  let at = XERIAL_HEADER_BYTES;
  while (at < compressed.length) {
    const length = compressed.readInt32BE(at);
    blocks.push(unsnappyBlock(compressed.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

function unsnappyBlock(input: Buffer): Buffer {
  let [at, size] = readLength(input);
  const output = Buffer.allocUnsafe(size);
  let written = 0;
  while (at < input.length) {
    const tag = input[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = 1 + (extra === 0 ? tag >> 2 : input.readUIntLE(at, extra));
      at += extra;
      written += input.copy(output, written, at, at + length);
      at += length;
    } else {
      const offsetBytes = kind === 3 ? 4 : kind;
      const offset = kind === 1 ? ((tag >> 5) << 8) | (input[at] as number) : input.readUIntLE(at, offsetBytes);
      const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      at += offsetBytes;
      for (let i = 0; i < length; i++, written++) output[written] = output[written - offset] as number;
    }
  }
  return output;
}

function readLength(input: Buffer): [at: number, length: number] {
  let [at, length, shift] = [0, 0, 0];
  for (;;) {
    const next = input[at++] as number;
    length |= (next & 127) << shift;
    if (next < 128) return [at, length];
    shift += 7;
  }
}
