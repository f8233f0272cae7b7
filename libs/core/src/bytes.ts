/** A growing buffer with the few number formats that the internal records and markers use. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(size = 256) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  #room(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    return at;
  }

  byte(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = value;
    return this;
  }

  /** An integer of at most 52 bits, zigzag and base 128: small magnitudes take a byte. */
  varint(value: number): this {
    let rest = value >= 0 ? value * 2 : -value * 2 - 1;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    return this.byte(rest);
  }

  float64(value: number): this {
    const at = this.#room(8);
    this.#buffer.writeDoubleLE(value, at);
    return this;
  }

  float32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeFloatLE(value, at);
    return this;
  }

  /** Length and UTF-8 bytes; null is kept apart from the empty text. */
  text(value: string | null): this {
    if (value === null) return this.varint(-1);
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    const at = this.#room(bytes);
    this.#buffer.write(value, at, bytes, 'utf8');
    return this;
  }

  bytes(value: Uint8Array): this {
    this.varint(value.length);
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** A copy of what has been written. */
  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }
}

/** Reads what `ByteWriter` wrote, in the same order. Reading past the end throws a `RangeError`. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#buffer.length;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes < 0 || at + bytes > this.#buffer.length) throw new RangeError('read past the end');
    this.#at += bytes;
    return at;
  }

  byte(): number {
    return this.#buffer[this.#take(1)] as number;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float64(): number {
    return this.#buffer.readDoubleLE(this.#take(8));
  }

  float32(): number {
    return this.#buffer.readFloatLE(this.#take(4));
  }

  text(): string | null {
    const length = this.varint();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.#buffer.toString('utf8', at, at + length);
  }

  /** A copy, so that nothing pins the buffer read from. */
  bytes(): Buffer {
    const length = this.varint();
    const at = this.#take(length);
    return Buffer.from(this.#buffer.subarray(at, at + length));
  }
}
