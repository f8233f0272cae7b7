/** Writes Kafka's protocol types (big-endian) into one growing buffer. https://kafka.apache.org/protocol#protocol_types */
export class WireWriter {
  readonly #from: number;
  #buffer: Buffer;
  #length: number;

  /**
   * @param memory what to write into, or how large it is at first
   * @param from how many bytes to leave free in front
   */
  constructor(memory: number | Buffer = 256, from = 0) {
    this.#buffer = typeof memory === 'number' ? Buffer.allocUnsafe(memory + from) : memory;
    this.#from = from;
    this.#length = from;
  }

  /** What has been written, not copied. */
  get buffer(): Buffer {
    return this.#buffer.subarray(this.#from, this.#length);
  }

  int8(value: number): this {
    return this.#at(1, (at) => this.#buffer.writeInt8(value, at));
  }

  int16(value: number): this {
    return this.#at(2, (at) => this.#buffer.writeInt16BE(value, at));
  }

  int32(value: number): this {
    return this.#at(4, (at) => this.#buffer.writeInt32BE(value, at));
  }

  /** A safe integer. */
  int64(value: number): this {
    return this.#at(8, (at) => this.#buffer.writeBigInt64BE(BigInt(value), at));
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  unsignedVarint(value: number): this {
    let rest = value;
    while (rest >= 128) {
      this.#at(1, (at) => this.#buffer.writeUInt8((rest % 128) | 128, at));
      rest = Math.floor(rest / 128);
    }
    return this.#at(1, (at) => this.#buffer.writeUInt8(rest, at));
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.byteLength(value);
    return this.int16(bytes).#text(value, bytes);
  }

  bytes(value: Uint8Array | null): this {
    if (value === null) return this.int32(-1);
    return this.int32(value.length).#at(value.length, (at) => this.#buffer.set(value, at));
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** A string of the flexible versions (KIP-482). */
  compactString(value: string | null): this {
    if (value === null) return this.unsignedVarint(0);
    const bytes = Buffer.byteLength(value);
    return this.unsignedVarint(bytes + 1).#text(value, bytes);
  }

  compactArray<T>(items: readonly T[], write: (item: T) => void): this {
    this.unsignedVarint(items.length + 1);
    for (const item of items) write(item);
    return this;
  }

  /** Ends a structure of the flexible versions: no tagged fields. */
  noTags(): this {
    return this.unsignedVarint(0);
  }

  #text(value: string, bytes: number): this {
    return this.#at(bytes, (at) => this.#buffer.write(value, at, bytes, 'utf8'));
  }

  #at(bytes: number, write: (at: number) => void): this {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) this.#grow(at);
    write(at);
    return this;
  }

  #grow(used: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length));
    this.#buffer.copy(grown, 0, 0, used);
    this.#buffer = grown;
  }
}
