import { NO_HEADERS, type Header, type Headers } from '@millrace/records';

/** Reads the records of one batch, one after the other: the fields are those of the record that was read last. */
export class RecordReader {
  timestampDelta = 0;
  offsetDelta = 0;
  keyAt = 0;
  keyLength = -1;
  valueAt = 0;
  valueLength = -1;
  headers: Headers = NO_HEADERS;
  readonly buffer: Buffer;
  #at = 0;

  constructor(records: Buffer) {
    this.buffer = records;
  }

  next(): this {
    const end = this.#varint() + this.#at;
    this.#at++; // attributes: unused
    this.timestampDelta = this.#varint();
    this.offsetDelta = this.#varint();
    this.keyLength = this.#varint();
    this.keyAt = this.#at;
    this.#at += Math.max(0, this.keyLength);
    this.valueLength = this.#varint();
    this.valueAt = this.#at;
    this.#at += Math.max(0, this.valueLength);
    this.headers = this.#headers();
    this.#at = end;
    return this;
  }

  #headers(): Headers {
    const count = this.#varint();
    if (count <= 0) return NO_HEADERS;
    const headers: Header[] = [];
    for (let i = 0; i < count; i++) headers.push([this.#bytes()?.toString('utf8') ?? '', this.#bytes()]);
    return headers;
  }

  #bytes(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const at = this.#at;
    this.#at += length;
    return this.buffer.subarray(at, this.#at);
  }

  /** Bit operations as long as the number fits them: nearly always one or two bytes. */
  #varint(): number {
    const { buffer } = this;
    let value = 0;
    let shift = 0;
    let next: number;
    do {
      next = buffer[this.#at++] as number;
      value |= (next & 127) << shift;
      shift += 7;
    } while (next >= 128 && shift < 28);
    return next >= 128 ? this.#longVarint(value) : (value >>> 1) ^ -(value & 1);
  }

  #longVarint(low: number): number {
    let value = low;
    let scale = 2 ** 28;
    let next: number;
    do {
      next = this.buffer[this.#at++] as number;
      value += (next & 127) * scale;
      scale *= 128;
    } while (next >= 128);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
