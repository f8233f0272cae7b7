import { readInt64 } from './read-int64.ts';

/** Reads what a broker wrote in Kafka's protocol types. Byte slices are not copied. */
export class WireReader {
  readonly #buffer: Buffer;
  #at = 0;
  #throttleMs = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** For how long the broker asks not to be asked again over this connection (KIP-219). */
  get throttleMs(): number {
    return this.#throttleMs;
  }

  /** The field of nearly every response; it is kept for `throttleMs`. */
  throttleTime(): void {
    this.#throttleMs = this.int32();
  }

  int8(): number {
    return this.#buffer.readInt8(this.#skip(1));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#skip(4));
  }

  int64(): number {
    return readInt64(this.#buffer, this.#skip(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  unsignedVarint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const next = this.#buffer.readUInt8(this.#skip(1));
      value += (next & 127) * scale;
      if (next < 128) return value;
      scale *= 128;
    }
  }

  string(): string | null {
    return this.#text(this.int16());
  }

  bytes(): Buffer | null {
    return this.#slice(this.int32());
  }

  /** Null reads as empty. */
  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  compactString(): string | null {
    return this.#text(this.unsignedVarint() - 1);
  }

  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.unsignedVarint() - 1) }, read);
  }

  /** Steps over the tagged fields at the end of a structure of the flexible versions. */
  skipTags(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.#skip(this.unsignedVarint());
    }
  }

  #text(length: number): string | null {
    if (length < 0) return null;
    const at = this.#skip(length);
    return this.#buffer.toString('utf8', at, at + length);
  }

  #slice(length: number): Buffer | null {
    if (length < 0) return null;
    const at = this.#skip(length);
    return this.#buffer.subarray(at, at + length);
  }

  #skip(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#buffer.length) throw new RangeError('the response ends too early');
    return at;
  }
}
