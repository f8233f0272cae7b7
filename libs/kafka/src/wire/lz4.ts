const FLAGS_AT = 4;
const HEADER_BYTES = 7;
const FLAG = { blockChecksum: 16, contentSize: 8, dictionaryId: 1 } as const;
const UNCOMPRESSED = 0x80000000;
const LEAST_MATCH = 4;

/**
 * An LZ4 frame. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. Its own checksums are not looked at: the
 * record batch's covers them.
 */
export function unlz4(frame: Buffer): Buffer {
  const flags = frame[FLAGS_AT] as number;
  let at = HEADER_BYTES + (flags & FLAG.contentSize ? 8 : 0) + (flags & FLAG.dictionaryId ? 4 : 0);
  const output = new Output(frame.length * 4);
  while (at + 4 <= frame.length) {
    const word = frame.readUInt32LE(at);
    const length = word & ~UNCOMPRESSED;
    at += 4;
    if (length === 0) break;
    const block = frame.subarray(at, at + length);
    if (word >= UNCOMPRESSED) output.literals(block);
    else unlz4Block(block, output);
    at += length + (flags & FLAG.blockChecksum ? 4 : 0);
  }
  return output.finish();
}

function unlz4Block(block: Buffer, output: Output): void {
  let at = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    for (let next = nibble === 15 ? 255 : 0; next === 255; length += next) next = block[at++] as number;
    return length;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = extended(token >> 4);
    output.literals(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const offset = block.readUInt16LE(at);
    at += 2;
    output.match(offset, extended(token & 15) + LEAST_MATCH);
  }
}

/** Blocks may refer to what earlier blocks gave, so they all go into one buffer. */
class Output {
  #buffer: Buffer;
  #length = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  literals(bytes: Buffer): void {
    this.#ensure(bytes.length);
    this.#length += bytes.copy(this.#buffer, this.#length);
  }

  /** May overlap with itself: then it repeats. */
  match(offset: number, length: number): void {
    this.#ensure(length);
    for (let i = 0; i < length; i++, this.#length++)
      this.#buffer[this.#length] = this.#buffer[this.#length - offset] as number;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #ensure(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
