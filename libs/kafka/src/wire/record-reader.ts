import { NO_HEADERS, type Header, type Headers } from '@millrace/records';

export interface RawRecord {
  readonly timestampDelta: number;
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** Reads the records of one batch, one after the other; key, value and header values are slices. */
export class RecordReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(records: Buffer) {
    this.#buffer = records;
  }

  next(): RawRecord {
    const end = this.#varint() + this.#at;
    this.#at++; // attributes: unused
    const timestampDelta = this.#varint();
    const offsetDelta = this.#varint();
    const key = this.#bytes();
    const value = this.#bytes();
    const headers = this.#headers();
    this.#at = end;
    return { timestampDelta, offsetDelta, key, value, headers };
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
    return this.#buffer.subarray(at, this.#at);
  }

  /** Bit operations as long as the number fits them: nearly always one or two bytes. */
  #varint(): number {
    const buffer = this.#buffer;
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
      next = this.#buffer[this.#at++] as number;
      value += (next & 127) * scale;
      scale *= 128;
    } while (next >= 128);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
